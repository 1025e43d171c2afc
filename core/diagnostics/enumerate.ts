import { repeatExamples } from "../backends/repeatedRows";
import { tf } from "../backends/tf";
import { GradlensError } from "../errors";
import type { Structure } from "../graph/structure";
import type { DataInputs } from "../model/defineModel";

/** At most this many joint states are enumerated. */
export const MAX_STATES = 2 ** 16;

/** Joint states of S samples of all nodes, or the reason why they cannot be enumerated. */
export function countStates(
  structure: Structure,
  numSamples: number,
): { readonly states: number } | { readonly reason: string } {
  let log2 = 0;
  for (const [name, { id, unitShape, statesPerUnit, eventRank }] of structure.distributions) {
    if (statesPerUnit === null) return { reason: `node "${name}" is ${id}, which has no finite number of states` };
    const units = eventRank === 2 ? unitShape[0]! : unitShape.reduce((product, size) => product * size, 1);
    log2 += numSamples * units * Math.log2(statesPerUnit);
  }
  if (log2 > 16 + 1e-9) return { reason: `the model has about 2^${Math.round(log2)} joint states, more than 2^16` };
  return { states: Math.round(2 ** log2) };
}

/** @throws GL1401 with the reason when the states cannot be enumerated */
export function requireStates(structure: Structure, numSamples: number): number {
  const count = countStates(structure, numSamples);
  if ("reason" in count)
    throw new GradlensError("GL1401", `enumeration is not possible: ${count.reason}; use --method sample`);
  return count.states;
}

/**
 * Values of every node for the states `[first, first + count)`, rows state-major: row = (state − first) · B + example.
 * @returns tensors `[S, count · B, …unitShape]`
 */
export function stateValues(
  structure: Pick<Structure, "distributions">,
  numSamples: number,
  first: number,
  count: number,
  batchSize: number,
): Map<string, tf.Tensor> {
  const values = new Map<string, tf.Tensor>();
  let stride = 1;
  for (const [name, { unitShape, statesPerUnit, eventRank }] of structure.distributions) {
    const K = statesPerUnit!;
    const units = eventRank === 2 ? unitShape[0]! : unitShape.reduce((product, size) => product * size, 1);
    const width = eventRank === 2 ? units * K : units;
    const out = new Float32Array(numSamples * count * batchSize * width);
    for (let sample = 0; sample < numSamples; sample++) {
      for (let unit = 0; unit < units; unit++) {
        for (let state = 0; state < count; state++) {
          const digit = Math.floor((first + state) / stride) % K;
          if (eventRank === 1 && digit === 0) continue;
          for (let example = 0; example < batchSize; example++) {
            const row = (sample * count + state) * batchSize + example;
            out[row * width + (eventRank === 2 ? unit * K + digit : unit)] = eventRank === 2 ? 1 : digit;
          }
        }
        stride *= K;
      }
    }
    values.set(name, tf.tensor(out, [numSamples, count * batchSize, ...unitShape]));
  }
  return values;
}

/** Every example `times` times, replicate-major: `[1, times · B, …]`. */
export function tileRows(data: DataInputs, times: number): DataInputs {
  return Object.fromEntries(Object.entries(data).map(([name, x]) => [name, repeatExamples(x, times)]));
}
