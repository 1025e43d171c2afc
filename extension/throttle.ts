import type { Disposable } from "./emitter";

/** Runs `action` at once and then at most every `intervalMs`, the last call never lost. */
export class Throttle implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  private lastMs = -Infinity;

  constructor(
    private readonly intervalMs: number,
    private readonly action: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  call(): void {
    if (this.timer) return;
    const waitMs = this.lastMs + this.intervalMs - this.now();
    if (waitMs <= 0) this.run();
    else this.timer = setTimeout(() => this.run(), waitMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private run(): void {
    this.timer = undefined;
    this.lastMs = this.now();
    this.action();
  }
}
