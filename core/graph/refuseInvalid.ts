import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import type { Distribution } from "../distributions/distribution";
import { firstOutside, intervals } from "../distributions/tensorParameter";
import { GradlensError } from "../errors";
import type { SourceLocation } from "../protocol/source";
import type { Trace } from "./trace";

/** A distribution that is none, or an observed value that cannot have come from its own. */
export interface Invalid {
  /** The node or the observation, as a model's text has it. */
  readonly where: string;
  /** What is allowed, and the value found. */
  readonly what: string;
  /** Row of the batch, where one observed value is at fault. */
  readonly row: number | null;
  readonly source: SourceLocation | undefined;
}

/**
 * The first place of a trace in which a distribution's parameters make no distribution, or an observed value cannot have come from its
 * own: probabilities outside [0, 1], NaN logits, rows that are not one-hot. Reads tensors back.
 *
 * A Bernoulli's observed value may lie between 0 and 1: intensities are customary targets, and log p extends linearly.
 *
 * @param isInUnit whether a value is known to lie there, so that it need not be read
 */
export function findInvalid(trace: Trace, isInUnit: (value: tf.Tensor) => boolean = () => false): Invalid | null {
  for (const { name, distribution, source } of trace.nodes.values()) {
    const problem = distribution.problem();
    if (problem !== null) return { where: `"${name}"`, what: `${distribution.id} ${problem}`, row: null, source };
  }
  for (const { kind, name, distribution, observed, source } of trace.terms) {
    if (!distribution) continue;
    const where = kind === "observe" ? `observe("${name}")` : `the model's sample("${name}")`;
    const problem = distribution.problem();
    if (problem !== null) return { where, what: `${distribution.id} ${problem}`, row: null, source };
    const known = observed && distribution.id === "bernoulli" && isInUnit(observed);
    const wrong = observed && !known ? observedProblem(distribution, observed) : null;
    if (wrong !== null)
      return { where, what: `${distribution.id} ${wrong}`, row: rowOf(distribution, observed!), source };
  }
  return null;
}

/** @throws GL1157 naming the node, what is allowed and the value found */
export function refuseInvalid(trace: Trace): void {
  const found = findInvalid(trace);
  if (!found) return;
  const { where, what, source } = found;
  throw new GradlensError("GL1157", `at ${where}, ${what}; mend the model there`, source ? { source } : {});
}

/** What is wrong with an observed value, as a clause, or null. */
function observedProblem(distribution: Distribution, observed: tf.Tensor): string | null {
  if (distribution.id !== "bernoulli") return distribution.valueProblem(observed);
  const outside = firstOutside(observed, intervals.unit);
  return outside === null ? null : `observed values lie in [0, 1], got ${outside}`;
}

/** The first row `[:, b]` that is at fault by itself; null where there is one row only. */
function rowOf(distribution: Distribution, observed: tf.Tensor): number | null {
  const rows = observed.rank > distribution.eventRank ? (observed.shape[1] ?? 1) : 1;
  if (rows < 2) return null;
  for (let row = 0; row < rows; row++) {
    const problem = tidy(() => {
      const size = observed.shape.map((length, axis) => (axis === 1 ? 1 : length));
      return observedProblem(
        distribution,
        tf.slice(
          observed,
          observed.shape.map((_, axis) => (axis === 1 ? row : 0)),
          size,
        ),
      );
    });
    if (problem !== null) return row;
  }
  return null;
}
