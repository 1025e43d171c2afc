import type { Disposable } from "../emitter";
import type { EngineClient, EngineLog } from "../engineClient";
import type { Session } from "../run/session";

/** Of the time, while training goes on: a measurement beside it takes half of its own. */
const SHARE = 0.05;
const LEAST_PAUSE_MS = 5000;
const LOOK_AGAIN_MS = 1000;

/** Has the rollout measured again and again while its panel is in view, and stops a measurement that nobody looks at any more. */
export class RolloutWatch implements Disposable {
  private watching: AbortController | undefined;

  constructor(
    private readonly client: EngineClient,
    private readonly session: Session,
    private readonly log: EngineLog,
  ) {}

  look(inView: boolean): void {
    if (inView === (this.watching !== undefined)) return;
    this.watching?.abort();
    this.watching = inView ? new AbortController() : undefined;
    if (this.watching) void this.watch(this.watching.signal);
  }

  dispose(): void {
    this.look(false);
  }

  private async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const began = Date.now();
      const measured = this.due() && (await this.measure(signal));
      const took = Date.now() - began;
      await pause(measured ? Math.max(LEAST_PAUSE_MS, (took / 2) * (1 / SHARE - 2)) : LOOK_AGAIN_MS, signal);
    }
  }

  /** False where there is nothing to measure, or the parameters are those of the last measurement. */
  private due(): boolean {
    const run = this.session.snapshot;
    // Without trunks the engine holds no run: the snapshot shows checks of a model file.
    if (!run?.trunks || this.client.state !== "ready") return false;
    return !run.rollout || run.rollout.step !== run.step;
  }

  private async measure(signal: AbortSignal): Promise<true> {
    try {
      await this.session.measureRollout(signal);
      return true;
    } catch (error) {
      if (!signal.aborted) this.log.warn(`rollout: ${String(error)}`);
      return true;
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      done();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish);
  });
}
