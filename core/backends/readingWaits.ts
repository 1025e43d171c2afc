import { loadedNative } from "./native/loadNative";
import { tf } from "./tf";

/** Whether reading a tensor back waits for a device: on a graphics card, not where tensors lie in the process's own memory. */
export function readingWaits(): boolean {
  const current = tf.getBackend();
  return current === "webgpu" || (current === "tensorflow" && loadedNative()?.usesGpu === true);
}
