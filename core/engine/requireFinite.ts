import { GradlensError } from "../errors";
import type { DataInputs } from "../model/defineModel";
import { Noise } from "../random/noise";
import { findNonFinite } from "./explainNonFinite";
import { guard, type Prepared } from "./prepare";

/** What must hold finite numbers: the loss, where it is known, and values by parameter name. */
export interface Measured {
  readonly loss?: number;
  readonly gradients: ReadonlyMap<string, ArrayLike<number>>;
}

/** @throws GL1620, naming the node or term that shows it, where a loss or gradient is no number */
export function requireFinite(prepared: Prepared, data: DataInputs, step: number, { loss, gradients }: Measured): void {
  const what = loss !== undefined && !Number.isFinite(loss) ? `the loss is ${loss}` : wrongGradient(gradients);
  if (what === null) return;
  const { seed, numSamples, batchSize, file } = prepared;
  const noise = new Noise({ seed, step, numSamples, numRows: batchSize, replicates: 1, firstReplicate: 0 });
  const culprit = guard(file, () => findNonFinite(prepared, data, noise));
  throw new GradlensError(
    "GL1620",
    culprit === null
      ? `${what}; look for a division by zero, or a root or logarithm of zero, downstream of it`
      : `${what}: ${culprit}; mend the model there`,
  );
}

/** The first gradient that holds what is no number, as a clause; null when none does. */
export function wrongGradient(gradients: Measured["gradients"]): string | null {
  for (const [name, values] of gradients) {
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i])) return `the gradient of parameter "${name}" is ${values[i]}`;
    }
  }
  return null;
}
