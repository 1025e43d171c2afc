import { GradlensError } from "../errors";

/** The process has outgrown its memory limit; a checkpoint of the step in hand was written. */
export class MemoryLimit extends GradlensError {}

/**
 * Throws above the limit, after `save` has kept the step in hand.
 *
 * @param giveWay ends what the process can do without; false when nothing of that is left
 */
export function holdMemoryLimit(limitBytes: number | undefined, save: () => void, giveWay?: () => boolean): void {
  if (limitBytes === undefined) return;
  const bytes = process.memoryUsage.rss();
  if (bytes <= limitBytes || giveWay?.()) return;
  save();
  const mebibytes = (size: number): number => Math.round(size / 2 ** 20);
  throw new MemoryLimit(
    "GL1647",
    `the engine holds ${mebibytes(bytes)} MiB, above the limit of ${mebibytes(limitBytes)} MiB; raise gradlens.engine.memoryLimit`,
  );
}
