import { writeFileSync } from "node:fs";
import { applyEdits, modify } from "jsonc-parser";
import { GradlensError } from "../../errors";
import type { CheckTest, ListedChecks, VarianceFinding } from "../../protocol/checks";
import { disposeAll } from "../checkSubject";
import { inSlices, type SliceOptions } from "../inSlices";
import { measureBounded } from "./measureBounded";
import { openTest } from "./openTest";

/** Rounding and other machines' arithmetic are given this much at least. */
const LEAST_ALLOWANCE = 1.1;

export interface RecordedBound extends Pick<VarianceFinding, "name" | "variance" | "interval" | "bound"> {
  readonly model: string;
  readonly estimator: string;
  /** The variance, as a multiple of that of now, from which a later check will say "above" with 97.5 % probability or more. */
  readonly found: number;
}

/**
 * The bound to record for a variance v measured with interval [l, u]: u·u/l, at least 1.1 v.
 *
 * Even where the truth is u, a later interval lies below u·u/l with about the intervals' probability, and above it only where the
 * truth is above u, too, or the later interval misses: both within the check's rate of false alarms.
 *
 * @returns null where nothing is known of the variance from below or above
 */
export function boundFor(variance: number | null, interval: readonly [number, number] | null): number | null {
  if (variance === null || interval === null) return null;
  const [low, high] = interval;
  if (high === 0) return 0;
  if (!(low > 0) || !Number.isFinite(high)) return null;
  return roundUp(Math.max((high * high) / low, LEAST_ALLOWANCE * variance));
}

/** To three significant digits. */
function roundUp(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 2);
  return Number((Math.ceil(value / unit) * unit).toPrecision(3));
}

/**
 * Measures the variance of every test that expects a bound and writes the bounds into the checks file, comments left as they are.
 *
 * @throws GL2705 where no check expects a bound, GL2706 where a variance is not known well enough for one
 */
export async function recordBounds(
  { file, text, checks }: ListedChecks & { readonly text: string },
  options: SliceOptions,
  onTest: (test: CheckTest) => void,
): Promise<readonly RecordedBound[]> {
  const expecting = checks.filter(({ expect }) => expect === "variance-below-bound");
  if (expecting.length === 0)
    throw new GradlensError(
      "GL2705",
      `${file} has no check that expects "variance-below-bound"; add one, then record its bounds`,
      { usage: true },
    );
  const recorded: RecordedBound[] = [];
  let edited = text;
  for (const { index, tests, problem } of expecting) {
    if (problem !== undefined) throw new GradlensError("GL2706", problem);
    const bounds: Record<string, Record<string, number>> = {};
    for (const test of tests) {
      onTest(test);
      const { estimator, parameters } = await measure(test, options);
      bounds[estimator] = {};
      for (const { name, variance, interval } of parameters) {
        const bound = boundFor(variance, interval);
        if (bound === null)
          throw new GradlensError(
            "GL2706",
            `the variance of "${name}" under ${estimator} in ${test.model} is not known well enough for a bound; raise "draws"`,
          );
        bounds[estimator][name] = bound;
        const found = variance! > 0 ? (bound * variance!) / interval![0] ** 2 : Infinity;
        recorded.push({ model: test.model, estimator, name, variance, interval, bound, found });
      }
    }
    const formattingOptions = { insertSpaces: true, tabSize: 2, eol: edited.includes("\r\n") ? "\r\n" : "\n" };
    edited = applyEdits(edited, modify(edited, ["checks", index, "bounds"], bounds, { formattingOptions }));
  }
  writeFileSync(file, edited);
  return recorded;
}

async function measure(
  test: CheckTest,
  options: SliceOptions,
): Promise<{ readonly estimator: string; readonly parameters: readonly VarianceFinding[] }> {
  const subject = await openTest(test);
  const chosen = subject.choose(subject.driving);
  try {
    const work = measureBounded(subject, chosen, { rate: test.rate, draws: test.draws, samples: test.samples });
    const { parameters } = await inSlices(work, options);
    return { estimator: test.estimator ?? subject.driving, parameters };
  } finally {
    disposeAll(chosen);
    subject.dispose();
  }
}
