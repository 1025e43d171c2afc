import { tf } from "./tf";

/**
 * `tf.tidy` for functions that return anything; tensors found in objects and arrays of the result outlive it. Typed arrays are not
 * looked into, where `tf.tidy` visits every number.
 */
export function tidy<T>(f: () => T): T {
  let result!: T;
  tf.tidy(() => {
    result = f();
    const tensors: tf.Tensor[] = [];
    collectTensors(result, tensors, new Set());
    return tensors;
  });
  return result;
}

function collectTensors(value: unknown, tensors: tf.Tensor[], seen: Set<unknown>): void {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || seen.has(value)) return;
  seen.add(value);
  if (value instanceof tf.Tensor) tensors.push(value);
  else for (const inner of Object.values(value)) collectTensors(inner, tensors, seen);
}
