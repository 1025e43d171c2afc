/**
 * Runs `f` with `Math.random` starting anew from the same numbers each time, and with it what TensorFlow.js draws without a seed. A model's
 * text that draws constants while it is loaded or built, such as targets, is then the same model in every process, worker and
 * resumed run, whatever ran before.
 */
export function withFixedChance<T>(f: () => T): T {
  const { random } = Math;
  let state = 0;
  // Mulberry32 (T. Ettinger, 2017): a counter that is mixed.
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  try {
    return f();
  } finally {
    Math.random = random;
  }
}
