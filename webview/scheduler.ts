/** Calls back in an animation frame, however often it is asked. */
export interface Scheduler {
  /** @param byHand a person waits for it: only the shortest interval counts */
  request(byHand?: boolean): void;
  dispose(): void;
}

/** How long to rest after a frame, in times of what it took. */
const rest = 2;

/**
 * At most every `intervalMs`, and so seldom that its frames take at most a third of the time: the editor's window may live on the page's
 * thread, and what it is told would wait, more and more of it, behind frames that follow each other.
 */
export function createScheduler(callback: () => void, intervalMs = 100): Scheduler {
  let last = -Infinity;
  let rested = -Infinity;
  let isByHand = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame: number | undefined;
  const run = (): void => {
    frame = undefined;
    isByHand = false;
    last = performance.now();
    callback();
    const recover = (): void => void (rested = performance.now() + rest * (performance.now() - last));
    recover();
    // The frame goes on with layout and painting; timers have their turn when it has ended.
    setTimeout(recover);
  };
  const attempt = (): void => {
    const wait = Math.max(last + intervalMs, isByHand ? -Infinity : rested) - performance.now();
    timer = wait > 0 ? setTimeout(attempt, wait) : undefined;
    if (wait <= 0) frame = requestAnimationFrame(run);
  };
  return {
    request(byHand = false) {
      if (frame !== undefined) return;
      if (byHand && !isByHand) {
        isByHand = true;
        clearTimeout(timer);
        timer = undefined;
      }
      if (timer === undefined) attempt();
    },
    dispose() {
      clearTimeout(timer);
      if (frame !== undefined) cancelAnimationFrame(frame);
    },
  };
}
