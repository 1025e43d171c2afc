import type { Workers } from "../core/diagnostics/chunks/chunks";
import { defaultWorkers, WorkerPool } from "../core/engine/pool/workerPool";
import type { OpenModel } from "./openModel";

/** Does work with the help of other engines, which end with it. */
export async function withWorkers<T>(
  { prepared, backend }: OpenModel,
  { workers: size = defaultWorkers() }: { readonly workers?: number },
  work: (workers: Workers | undefined) => Promise<T>,
): Promise<T> {
  const pool = new WorkerPool({ size, backend: backend.id });
  try {
    return await work(pool.workersFor(prepared));
  } finally {
    pool.dispose();
  }
}
