import { GradlensError } from "../errors";
import { tf } from "./tf";

/** A back end failed under its work: what it holds cannot be trusted any more, and another one may do better. */
export class BackendFailure extends GradlensError {}

const OUT_OF_MEMORY =
  /OOM when allocating|RESOURCE_?EXHAUSTED|Resource exhausted|out of memory|OUT_OF_MEMORY|Array buffer allocation failed|Invalid typed array length/i;
const DEVICE_LOST = /device (?:was |is )?lost|lost (?:the )?device|CUDA_ERROR|CUDNN_STATUS|CUBLAS_STATUS/i;

/** The failure behind an error that a kernel threw, or null when it is the model's own. */
export function backendFailure(error: unknown): BackendFailure | null {
  if (error instanceof BackendFailure) return error;
  const reason = failureOf(error);
  if (reason === null) return null;
  const id = tf.getBackend();
  return new BackendFailure(
    "GL1337",
    `back end ${id} ${reason}; take a smaller batch, fewer samples, or another back end`,
    { cause: error },
  );
}

function failureOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  // The module calls abort() when its memory cannot grow, and tells no more than that.
  if (error instanceof WebAssembly.RuntimeError) return "ran out of memory or was aborted";
  if (OUT_OF_MEMORY.test(error.message)) return "ran out of memory";
  return DEVICE_LOST.test(error.message) ? "lost its device" : null;
}
