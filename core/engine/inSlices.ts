import type { Workers } from "../diagnostics/chunks/chunks";
import type { Sliced } from "../diagnostics/sliced";
import { asModelError } from "./modelLoader";
import type { Prepared } from "./prepare";

/** Work goes on for so long before it gives way. */
const SLICE_MS = 20;

export interface SliceOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
  /** True while a run trains: then the work waits as long as it has worked, so that training keeps half of the time. */
  readonly busy: () => boolean;
  /** Engines that take a share of the work on a model; none when left out. */
  readonly workersFor?: ((prepared: Prepared) => Workers | undefined) | undefined;
}

/** Does sliced work between other messages and steps. @throws AbortError once the signal is aborted */
export async function inSlices<T>(
  work: Sliced<T>,
  { signal, onProgress, busy }: Omit<SliceOptions, "workersFor">,
): Promise<T> {
  try {
    for (;;) {
      let waiting: Promise<unknown> | null = null;
      signal.throwIfAborted();
      const began = performance.now();
      do {
        const { done, value } = work.next();
        if (done) return value;
        if (typeof value === "number") onProgress(value);
        else waiting = value;
      } while (!waiting && performance.now() - began < SLICE_MS);
      const worked = performance.now() - began;
      if (waiting) await waiting;
      await new Promise<void>((next) => (busy() ? setTimeout(next, worked) : setImmediate(next)));
    }
  } finally {
    work.return(undefined as never);
  }
}

/** The same for work on the model of a file: what its text throws is told as an error of that file. */
export function modelInSlices<T>(file: string, work: Sliced<T>, options: Omit<SliceOptions, "workersFor">): Promise<T> {
  return inSlices(work, options).catch((error: unknown) => {
    throw options.signal.aborted ? error : asModelError(error, file);
  });
}
