import { tf } from "./tf";

export interface KernelCall {
  readonly inputs: Record<string, tf.TensorInfo | undefined>;
  readonly attrs: Record<string, unknown>;
}

/**
 * Puts kernels before those that a back end has, by their names.
 *
 * @param compute computes the call, or returns null when the kernel that was there has to
 */
export function putBefore<T>(
  backend: string,
  replacements: Readonly<Record<string, T>>,
  compute: (replacement: T, call: KernelCall) => tf.TensorInfo | null,
): void {
  for (const [kernelName, replacement] of Object.entries(replacements)) {
    const original = tf.getKernel(kernelName, backend);
    tf.unregisterKernel(kernelName, backend);
    tf.registerKernel({
      ...original,
      kernelFunc: (params) => compute(replacement, params as unknown as KernelCall) ?? original.kernelFunc(params),
    });
  }
}
