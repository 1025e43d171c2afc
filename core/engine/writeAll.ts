import { writeSync } from "node:fs";

/** Writes all bytes: a single write may stop short on a disk that fills up, and only the next one says why. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done);
}
