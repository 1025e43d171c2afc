import { registerGradient, reshape, sum, type Tensor, unregisterGradient } from "@tensorflow/tfjs-core";

/**
 * The package's gradient of `tf.tile`, and so of `tf.broadcastTo`, slices and adds every copy by itself: thousands of operations where
 * S samples of B rows share a tensor, and none at all above rank 4. This one sums over the copies, one reduction for each tiled axis.
 */
export function mendTileGradient(): void {
  unregisterGradient("Tile");
  registerGradient({
    kernelName: "Tile",
    gradFunc: (dy: Tensor | Tensor[], _saved, attrs) => {
      const { reps } = attrs as { reps: readonly number[] };
      return { x: () => sumCopies(dy as Tensor, reps) };
    },
  });
}

/** Sums the copies that `reps` made along each axis. */
function sumCopies(dy: Tensor, reps: readonly number[]): Tensor {
  const shape = [...dy.shape];
  const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);
  let total = dy;
  reps.forEach((copies, axis) => {
    if (copies === 1) return;
    shape[axis]! /= copies;
    const split = [product(shape.slice(0, axis)), copies, shape[axis]!, product(shape.slice(axis + 1))];
    total = sum(reshape(total, split), 1);
  });
  return reshape(total, shape);
}
