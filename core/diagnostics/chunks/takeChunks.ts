import { type ChunkedWork, openChunks, type Workers } from "./chunks";
import type { Sliced } from "../sliced";

/** Takes the results of all chunks in their order, with the help of workers, or here without; gives way after each. */
export function* takeChunks<A, R>(
  work: ChunkedWork<A, R>,
  workers: Workers | undefined,
  take: (result: R) => void,
): Sliced<void> {
  const chunks = openChunks(work, workers);
  try {
    for (let index = 0; index < work.total; index++) {
      take(yield* chunks.next());
      yield (index + 1) / work.total;
    }
  } finally {
    chunks.close();
  }
}
