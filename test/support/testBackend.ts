import { useBackend } from "../../core/backends/registry";
import { tf } from "../../core/backends/tf";

/** What the exactness tests compute with: plain JavaScript unless `npm test -- exactness --backend ID` says otherwise. */
export const testBackend = process.env["GRADLENS_TEST_BACKEND"] ?? "cpu";

/** Starts that back end, and has WebGPU compute small tensors on the device as well, where it would leave them to plain JavaScript. */
export async function startTestBackend(): Promise<void> {
  await useBackend(testBackend);
  if (testBackend === "webgpu") tf.env().set("WEBGPU_CPU_FORWARD", false);
}
