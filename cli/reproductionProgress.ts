import type { Progress } from "../core/reproductions/runReproduction";
import type { Terminal } from "./terminal";

/** Milliseconds between lines when nobody watches. */
const LINE_INTERVAL_MS = 30_000;
/** The time left is told once this share of the work is done. */
const ENOUGH = 0.02;

/** Tells how a reproduction goes: what runs now, how much is done, how long the rest may take. */
export class ReproductionProgress {
  private readonly began = Date.now();
  private lastLine = Date.now();

  constructor(private readonly terminal: Terminal) {}

  update({ row, run, runs, text, share, finished }: Progress): void {
    const line = [
      `${Math.floor(100 * share)} %`,
      ...this.timeLeft(share),
      `${row}${runs === 1 ? "" : `, run ${run + 1} of ${runs}`}`,
      text,
    ].join("  ");
    if (finished || Date.now() - this.lastLine >= LINE_INTERVAL_MS) {
      this.lastLine = Date.now();
      this.terminal.err(line);
    }
    this.terminal.status(line);
  }

  private timeLeft(share: number): string[] {
    if (share < ENOUGH || share >= 1) return [];
    const seconds = ((Date.now() - this.began) / 1000) * (1 / share - 1);
    return [seconds < 90 ? `about ${Math.ceil(seconds)} s left` : `about ${Math.ceil(seconds / 60)} min left`];
  }
}
