import { tf } from "../../core/backends/tf";

interface KernelCall {
  readonly kernelName?: string;
}

/** Kernels that `f` dispatches, by name; a count has no noise. */
export function countKernels(f: () => void): ReadonlyMap<string, number> {
  const engine = tf.engine() as unknown as { runKernelFunc(call: KernelCall): unknown };
  const counts = new Map<string, number>();
  const original = engine.runKernelFunc;
  engine.runKernelFunc = function (call) {
    const name = call.kernelName ?? "(fused)";
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return original.call(this, call);
  };
  try {
    f();
  } finally {
    engine.runKernelFunc = original;
  }
  return counts;
}

/** Kernels that compute; reshapes and copies of references move no numbers. */
export function computing(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const [name, count] of counts) if (name !== "Reshape" && name !== "Identity") total += count;
  return total;
}
