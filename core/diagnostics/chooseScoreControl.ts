import { tidy } from "../backends/tidy";
import { differenceOfRows } from "../gradients/differenceOfRows";
import type { RowGradients } from "../gradients/rowGradients";
import { scaleRows } from "../gradients/scaleRows";
import { NoiseMoments } from "./noiseMoments";
import type { Estimators, KeptRows, PassDraws } from "./passDraws";
import { allowsScoreControl, scoreAlone, watchCredit } from "./scoreControl";
import type { Sliced } from "./sliced";

/** A control is taken when it leaves less than this share of the variance. */
const WORTH = 0.8;
const PILOT = 0;

/**
 * The multiple of the score that, taken off each estimate, leaves the least noise, 0 where none helps much; by a pilot pass whose draws are used for
 * nothing else: the variance is a parabola in c, known from three of its points, rows g − c s with g drawn once. In slices.
 */
export function* chooseScoreControl(draw: PassDraws, estimators: Estimators): Sliced<number> {
  if (!allowsScoreControl(estimators)) return 0;
  const watched = watchCredit(estimators);
  const score = scoreAlone(estimators);
  /** tr Σ of every tensor, of the estimates and with the score taken off and put on. */
  const moments: (readonly NoiseMoments[])[] = [];
  let step = 0;
  for (let chunk = 0; chunk < draw.plan.chunks; chunk++) {
    const kept: KeptRows[] = [];
    const rowsOf = function* (each: Estimators): Sliced<readonly RowGradients[]> {
      kept.push(yield* draw.kept(each, PILOT, chunk));
      return kept[kept.length - 1]!.rows();
    };
    try {
      const plain = yield* rowsOf(watched.estimators);
      step ||= Math.max(1e-3, Math.abs(watched.credit()));
      yield 0;
      const [scored, bare] = [yield* rowsOf(score.with), yield* rowsOf(score.without)];
      const [, m] = draw.plan.examples(chunk);
      for (const [i, own] of plain.entries()) {
        yield 0;
        moments[i] ??= [0, 1, 2].map(() => new NoiseMoments());
        tidy(() => {
          const alone = differenceOfRows(scored[i]!, bare[i]!);
          [0, -step, step].forEach((c, at) => {
            const rows = c === 0 ? own : differenceOfRows(own, scaleRows(alone, c));
            moments[i]![at]!.addSquares(rows.gram().dataSync(), m, draw.plan.replicates);
          });
        });
      }
    } finally {
      for (const each of kept) each.dispose();
    }
  }
  const traces = moments.map((each) => each.map((noise) => noise.summary().trace));
  const relative = (at: number): number =>
    traces.reduce((total, each) => total + (each[0]! > 0 ? each[at]! / each[0]! : 0), 0);
  const [at, below, above] = [relative(0), relative(1), relative(2)];
  const curvature = below - 2 * at + above;
  if (!(curvature > 0) || !Number.isFinite(curvature)) return 0;
  const c = (step * (below - above)) / (2 * curvature);
  const left = at - (below - above) ** 2 / (8 * curvature);
  return left < WORTH * at ? c : 0;
}
