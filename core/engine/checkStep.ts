import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { batchAt, batchesPerEpoch } from "../data/batches";
import { GradlensError } from "../errors";
import { findInvalid } from "../graph/refuseInvalid";
import type { Trace } from "../graph/trace";
import { unrecorded } from "../gradients/tape";
import type { Prepared } from "./prepare";
import { wrongGradient } from "./requireFinite";

/** Steps that are looked at without a data set, and after its first epoch every how many. */
const FIRST = 100;
const EVERY = 20;

/** Whether a step's values are looked at: in the first epoch all, so that every example is seen once, then now and then. */
export function isChecked({ dataset, batchSize }: Prepared, step: number): boolean {
  return step < (dataset ? batchesPerEpoch(dataset.train, batchSize) : FIRST) || step % EVERY === 0;
}

/**
 * Looks at what a step drew and observed, before anything is changed.
 * @throws GL1621 naming node, value and example
 */
export function refuseStep(prepared: Prepared, step: number, trace: Trace): void {
  const found = unrecorded(() => tidy(() => findInvalid(trace)));
  if (!found) return;
  const { where, what, row, source } = found;
  const { dataset, batchSize, seed } = prepared;
  const example =
    dataset && row !== null
      ? ` in example ${batchAt(dataset.train, batchSize, seed, step).indices[row]} of ${dataset.id}`
      : "";
  throw new GradlensError(
    "GL1621",
    `step ${step + 1} was not taken: at ${where}, ${what}${example}; mend the model there, and resume from the last checkpoint`,
    source ? { source } : {},
  );
}

/**
 * Looks at a step's gradients, which a finite loss says nothing of.
 * @throws GL1620 naming the first parameter whose gradient is no number
 */
export function refuseGradients(gradients: ReadonlyMap<string, tf.Tensor>, step: number): void {
  const names = [...gradients.keys()];
  // A sum is finite where its terms are, but for overflow, so that a suspicious one is looked at entry by entry.
  const sums = tf.tidy(() => tf.stack([...gradients.values()].map((gradient) => tf.sum(gradient))).dataSync());
  for (const [i, name] of names.entries()) {
    if (Number.isFinite(sums[i])) continue;
    const wrong = wrongGradient(new Map([[name, gradients.get(name)!.dataSync()]]));
    if (wrong === null) continue;
    throw new GradlensError(
      "GL1620",
      `step ${step + 1} was not taken: ${wrong} though the loss is finite; look for a division by zero, or a root or logarithm of zero, downstream of it, and resume from the last checkpoint`,
    );
  }
}
