import { tidy } from "../backends/tidy";
import { NoiseMoments } from "./noiseMoments";
import type { Estimators, PassDraws } from "./passDraws";
import type { Sliced } from "./sliced";
import { allowsScoreControl, watchCredit, withScoreControl } from "./scoreControl";

/** A control is taken when it leaves less than this share of the variance. */
const WORTH = 0.8;
const PILOT = 0;

/**
 * The multiple of the score that, taken off each estimate, leaves the least noise, 0 where none helps much; by a pilot pass whose draws are used for
 * nothing else: the variance is a parabola in c, known from three of its points. In slices.
 */
export function* chooseScoreControl(draw: PassDraws, estimators: Estimators): Sliced<number> {
  if (!allowsScoreControl(estimators)) return 0;
  const watched = watchCredit(estimators);
  const plain = traces(draw, watched.estimators);
  const step = Math.max(1e-3, Math.abs(watched.credit()));
  const relative = (c: number): number =>
    traces(draw, withScoreControl(estimators, c)).reduce(
      (total, trace, i) => total + (plain[i]! > 0 ? trace / plain[i]! : 0),
      0,
    );
  yield 0;
  const below = relative(-step);
  yield 0;
  const above = relative(step);
  yield 0;
  const at = plain.filter((trace) => trace > 0).length;
  const curvature = below - 2 * at + above;
  if (!(curvature > 0) || !Number.isFinite(curvature)) return 0;
  const c = (step * (below - above)) / (2 * curvature);
  const left = at - (below - above) ** 2 / (8 * curvature);
  return left < WORTH * at ? c : 0;
}

/** tr Σ of every tensor's rows in the pilot. */
function traces(draw: PassDraws, estimators: Estimators): number[] {
  const moments: NoiseMoments[] = [];
  for (let chunk = 0; chunk < draw.plan.chunks; chunk++) {
    tidy(() => {
      draw.rows(estimators, PILOT, chunk).forEach((rows, i) => {
        (moments[i] ??= new NoiseMoments()).addSquares(
          rows.gram().dataSync(),
          draw.plan.examples(chunk)[1],
          draw.plan.replicates,
        );
      });
    });
  }
  return moments.map((noise) => noise.summary().trace);
}
