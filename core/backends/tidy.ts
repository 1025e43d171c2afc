import { tf } from "./tf";

/** `tf.tidy` for functions that return anything; tensors found in plain objects and arrays of the result outlive it. */
export function tidy<T>(f: () => T): T {
  return tf.tidy(f as unknown as () => tf.TensorContainer) as unknown as T;
}
