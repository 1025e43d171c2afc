/** Work that can be done in slices between other work: gives out the share that is done, 0 to 1, then the result. */
export type Sliced<T> = Generator<number, T, void>;

/** Does all slices at once. */
export function finish<T>(work: Sliced<T>, onProgress?: (share: number) => void): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    onProgress?.(value);
  }
}
