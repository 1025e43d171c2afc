import { readingWaits } from "../backends/readingWaits";
import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { batchAt, batchesPerEpoch } from "../data/batches";
import { isInUnit } from "../data/isInUnit";
import { GradlensError } from "../errors";
import { findInvalid } from "../graph/refuseInvalid";
import type { Trace } from "../graph/trace";
import type { DataInputs } from "../model/defineModel";
import { unrecorded } from "../gradients/tape";
import type { Prepared } from "./prepare";
import { wrongGradient } from "./requireFinite";

/** Where reading waits for a device: steps that are looked at without a data set, and after its first epoch every how many. */
const FIRST = 100;
const EVERY = 20;

/**
 * Whether a step's values are looked at: all, but where every look waits for a graphics card. There the first epoch's, so that every
 * example is seen once, then now and then.
 */
export function isChecked({ dataset, batchSize }: Prepared, step: number): boolean {
  if (!readingWaits() || step % EVERY === 0) return true;
  return step < (dataset ? batchesPerEpoch(dataset.train, batchSize) : FIRST);
}

/**
 * Looks at what a step drew and observed, before anything is changed.
 * @throws GL1621 naming node, value and example
 */
export function refuseStep(prepared: Prepared, step: number, data: DataInputs, trace: Trace): void {
  const { dataset, batchSize, seed } = prepared;
  // Batches are made of a data set's values, as they are or made bits: of values in [0, 1], values in [0, 1].
  const sound = new Set(
    Object.entries(data)
      .filter(([name]) => dataset && isInUnit(dataset.train.inputs[name]!.values))
      .map(([, { dataId }]) => dataId),
  );
  const found = unrecorded(() => tidy(() => findInvalid(trace, ({ dataId }) => sound.has(dataId))));
  if (!found) return;
  const { where, what, row, source } = found;
  const example =
    dataset && row !== null
      ? ` in example ${batchAt(dataset.train, batchSize, seed, step).indices[row % batchSize]} of ${dataset.id}`
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
