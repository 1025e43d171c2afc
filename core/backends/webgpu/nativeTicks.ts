/** A callback by which Dawn looks for finished work; it asks for its next one itself while work is under way. */
type Tick = () => void;

let nextTurn: typeof setImmediate;
let waiting: Tick | null = null;
let looking = false;

/**
 * Lets finished work be looked for at once instead of in the event loop's next turn. Dawn asks `setImmediate` for that turn whenever
 * a promise of its own is open; from here on those requests are seen. Everybody else's calls are passed on as they are.
 */
export function watchNativeTicks(): void {
  nextTurn = globalThis.setImmediate;
  const watched = (callback: (...args: unknown[]) => void, ...args: unknown[]): NodeJS.Immediate | undefined => {
    if (args.length > 0 || !isNative(callback)) return nextTurn(callback, ...args);
    waiting = callback;
    return looking ? undefined : leave(callback);
  };
  // Its other properties, of which `util.promisify` needs one.
  const properties = Object.getOwnPropertyDescriptors(nextTurn);
  globalThis.setImmediate = Object.defineProperties(watched, properties) as typeof setImmediate;
}

/**
 * Looks for finished work until `done`, at growing intervals: every look costs a callback that is freed in the event loop's next turn
 * only, and the processor may be what computes.
 *
 * @returns false when nobody waits for work any more
 */
export function lookUntil(done: () => boolean): boolean {
  looking = true;
  try {
    for (let looks = 0; !done(); looks++) {
      const tick = waiting;
      if (!tick) return false;
      waiting = null;
      tick();
      if (looks >= SOON && !done())
        Atomics.wait(sleeper, 0, 0, Math.min(LONGEST_MS, SHORTEST_MS * 1.5 ** (looks - SOON)));
    }
    return true;
  } finally {
    looking = false;
    if (waiting) leave(waiting);
  }
}

const SOON = 4;
const SHORTEST_MS = 0.02;
const LONGEST_MS = 2;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Leaves a tick to the event loop, where it is not run meanwhile. */
function leave(tick: Tick): NodeJS.Immediate {
  return nextTurn(() => {
    if (waiting !== tick) return;
    waiting = null;
    tick();
  });
}

/** Dawn's own callbacks: native like a promise's `resolve` and bound functions, but made of a template, as add-ons make them. */
function isNative(callback: (...args: unknown[]) => void): boolean {
  return "prototype" in callback && Function.prototype.toString.call(callback) === "function () { [native code] }";
}
