import type { Engine } from "@tensorflow/tfjs-core/dist/engine";
import { Tensor } from "@tensorflow/tfjs-core";

interface OpenEngine {
  clone(x: Tensor): Tensor;
  trackTensor(x: Tensor, backend: unknown): void;
  nextTensorId(): number;
  readonly backend: { incRef(dataId: object): void };
  readonly state: {
    readonly tensorInfo: { get(dataId: object): { readonly backend: OpenEngine["backend"] } | undefined };
  };
}

/**
 * Saves tensors for the backward pass as themselves: a reference to the same data under the same id, so that derivatives of the backward
 * pass reach the tensor without a node on the tape. TensorFlow.js runs a kernel that copies the reference and records it twice instead,
 * for an output even before the operation that makes it, so that its own second derivatives of exp or sigmoid lack a term.
 */
export function saveWithoutCopies(engine: Engine): void {
  const open = engine as unknown as OpenEngine;
  open.clone = (x) => {
    const backend = open.state.tensorInfo.get(x.dataId)?.backend ?? open.backend;
    backend.incRef(x.dataId);
    const saved = new Tensor(x.shape, x.dtype, x.dataId, x.id);
    // Kept: a scope tells its tensors apart by their ids, and this one goes with the tape.
    saved.kept = true;
    open.trackTensor(saved, backend);
    return saved;
  };
}

/** Makes a saved tensor a constant: no derivative of a backward pass reaches what it was saved of. */
export function cutSaved(engine: Engine, saved: Tensor): void {
  (saved as { id: number }).id = (engine as unknown as OpenEngine).nextTensorId();
}
