/** Calls back in an animation frame, at most every `intervalMs`, however often it is asked. */
export interface Scheduler {
  request(): void;
  dispose(): void;
}

export function createScheduler(callback: () => void, intervalMs = 100): Scheduler {
  let last = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame: number | undefined;
  const run = (): void => {
    frame = undefined;
    last = performance.now();
    callback();
  };
  return {
    request() {
      if (timer !== undefined || frame !== undefined) return;
      const wait = last + intervalMs - performance.now();
      const ask = (): void => {
        timer = undefined;
        frame = requestAnimationFrame(run);
      };
      if (wait <= 0) ask();
      else timer = setTimeout(ask, wait);
    },
    dispose() {
      clearTimeout(timer);
      if (frame !== undefined) cancelAnimationFrame(frame);
    },
  };
}
