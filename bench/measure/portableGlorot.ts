/** Uniform within ±√(6/(inputs + units)), row by row from the generator mulberry32: other languages can draw the same numbers. */
export function portableGlorot(seed: number, shapes: readonly (readonly [number, number])[]): Float32Array[] {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1) >>> 0;
    t = (t ^ (t + Math.imul(t ^ (t >>> 7), t | 61))) >>> 0;
    return (t ^ (t >>> 14)) >>> 0;
  };
  return shapes.map(([inputs, units]) =>
    Float32Array.from({ length: inputs * units }, () => ((2 * next()) / 2 ** 32 - 1) * Math.sqrt(6 / (inputs + units))),
  );
}
