/**
 * Work that can be done in slices between other work: gives out the share that is done, 0 to 1, or a promise while others compute what
 * comes next, then the result.
 */
export type Sliced<T> = Generator<number | Promise<unknown>, T, void>;

/** Does all slices at once; for work that asks nobody for help. */
export function finish<T>(work: Sliced<T>, onProgress?: (share: number) => void): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (typeof value === "number") onProgress?.(value);
  }
}

/** Does all slices, and waits where others compute. */
export async function settle<T>(work: Sliced<T>, onProgress?: (share: number) => void): Promise<T> {
  try {
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      if (typeof value === "number") onProgress?.(value);
      else await value;
    }
  } finally {
    work.return(undefined as never);
  }
}

/** Part of some work: its progress as that of the whole. */
export function* partOf<T>(work: Sliced<T>, from: number, length: number): Sliced<T> {
  try {
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      yield typeof value === "number" ? from + value * length : value;
    }
  } finally {
    work.return(undefined as never);
  }
}
