import { mergeDeltas } from "../../core/protocol/applyDelta";
import type { RunDelta } from "../../core/protocol/snapshot";
import type { Disposable } from "../emitter";
import { Throttle } from "../throttle";

/**
 * Deltas for the page, one under way at a time and the others merged meanwhile: a window that is busy would get more and more of them to
 * hand on, and everything else that it is told would wait behind them.
 */
export class DeltaQueue implements Disposable {
  private readonly throttle: Throttle;
  private waiting: RunDelta | undefined;
  private underWay: PromiseLike<unknown> | undefined;
  private sequence = 0;

  /** @param send settles when the window has handed the delta to the page */
  constructor(
    private readonly send: (delta: RunDelta) => PromiseLike<unknown>,
    intervalMs = 100,
  ) {
    this.throttle = new Throttle(intervalMs, () => {
      if (!this.underWay) this.flush();
    });
  }

  add(delta: RunDelta): void {
    this.waiting = this.waiting ? mergeDeltas(this.waiting, delta) : delta;
    this.throttle.call();
  }

  /** Sends what waits, whatever is under way. */
  flush(): void {
    const { waiting } = this;
    this.waiting = undefined;
    // Merged deltas are numbered anew, so that the view can tell whether it missed one.
    if (waiting) this.await(this.send({ ...waiting, sequence: ++this.sequence }));
  }

  /** The page is told everything, or there is none: what waits is in that, and numbers begin anew. */
  reset(told?: PromiseLike<unknown>): void {
    this.waiting = undefined;
    this.underWay = undefined;
    this.sequence = 0;
    if (told) this.await(told);
  }

  dispose(): void {
    this.throttle.dispose();
  }

  private await(sent: PromiseLike<unknown>): void {
    this.underWay = sent;
    const arrived = (): void => {
      if (this.underWay !== sent) return;
      this.underWay = undefined;
      if (this.waiting) this.throttle.call();
    };
    sent.then(arrived, arrived);
  }
}
