import type { ChunkSubject, Workers } from "./chunks/chunks";
import { takeChunks } from "./chunks/takeChunks";
import { exactStates, firstLoss, type States } from "./chunks/exactStates";
import { requireStates } from "./enumerate";
import { finish, type Sliced } from "./sliced";

/** `data` is `[1, B, …]`. */
export interface ExactRequest extends Omit<ChunkSubject, "sets"> {
  /** Engines that take a share of the work; all of it is done here when left out. */
  readonly workers?: Workers | undefined;
}

export interface ExactGradient {
  readonly gradients: ReadonlyMap<string, Float64Array>;
  readonly loss: number;
}

/** Rows evaluated at once; bounds memory. */
const CHUNK_ROWS = 4096;

/**
 * The exact gradient of the batch-mean loss, ∇ 1/B Σ_b Σ_h q(h | x_b) F(x_b, h), all joint states h enumerated. Sums over chunks are
 * taken in float64.
 *
 * @returns by parameter name, row-major; and the exact loss, nats
 */
export function exactGradient(request: ExactRequest): ExactGradient {
  return finish(exactGradientSliced(request));
}

/** The same in slices of states. */
export function* exactGradientSliced(request: ExactRequest): Sliced<ExactGradient> {
  const { instance, structure, batchSize, numSamples, workers } = request;
  const states = requireStates(structure, numSamples);
  const totals = instance.parameters.map(({ variable }) => new Float64Array(variable.size));
  const size = Math.max(1, Math.floor(CHUNK_ROWS / batchSize));
  const subject = { ...request, sets: [] };
  const offset = firstLoss(subject);
  let loss = 0;
  const rangeOf = (index: number): States => ({
    first: index * size,
    count: Math.min(size, states - index * size),
    offset,
  });
  const total = Math.ceil(states / size);
  const work = { kind: exactStates, subject, total, args: rangeOf };
  yield* takeChunks(work, workers, ({ gradients, weighted, probability }) => {
    gradients.forEach((gradient, i) => {
      const sum = totals[i]!;
      gradient?.forEach((value, element) => void (sum[element]! += value / batchSize));
    });
    for (const value of weighted) loss += value / batchSize;
    for (const value of probability) loss += (value * offset) / batchSize;
  });
  return { gradients: new Map(instance.parameters.map(({ name }, i) => [name, totals[i]!])), loss };
}
