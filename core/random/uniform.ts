import { type Key, threefry2x32 } from "./threefry";

/**
 * Fills `out[offset … offset + length)` with uniforms of (0, 1): element i is word i mod 2 of the block with counter ⌊i/2⌋, its
 * upper 23 bits centred in their cell, (w + ½)/2^23, so that neither 0 nor 1 occurs and u and 1 − u are equally exact in float32.
 *
 * Element i depends on the key and i alone, not on the length.
 */
export function fillUniform(key: Key, out: Float32Array, offset = 0, length = out.length - offset): void {
  const end = offset + length;
  for (let i = offset, block = 0; i < end; i += 2, block++) {
    const [a, b] = threefry2x32(key, 0, block);
    out[i] = ((a >>> 9) + 0.5) * 2 ** -23;
    if (i + 1 < end) out[i + 1] = ((b >>> 9) + 0.5) * 2 ** -23;
  }
}
