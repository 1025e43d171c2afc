@inline
function rotate(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

@inline
function uniform(word: v128): v128 {
  return f32x4.mul(
    f32x4.add(f32x4.convert_i32x4_u(i32x4.shr_u(word, 9)), f32x4.splat(0.5)),
    f32x4.splat(1.1920928955078125e-7), // 2⁻²³
  );
}

/**
 * n uniforms of (0, 1) from Threefry-2x32 with 20 rounds, counters (0, 0), (0, 1), …, two words each; the same bits as
 * core/random/uniform.ts. Four counters at a time.
 */
export function fillUniform(k0: i32, k1: i32, out: usize, n: i32): void {
  const key0 = i32x4.splat(k0);
  const key1 = i32x4.splat(k1);
  const key2 = i32x4.splat(k0 ^ k1 ^ 0x1bd11bda);
  let counter = i32x4(0, 1, 2, 3);
  for (let i = 0; i < n; i += 8) {
    let x0 = key0;
    let x1 = i32x4.add(counter, key1);
    counter = i32x4.add(counter, i32x4.splat(4));
    for (let group = 0; group < 5; group++) {
      if ((group & 1) === 0) {
        x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 13), x0);
        x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 15), x0);
        x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 26), x0);
        x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 6), x0);
      } else {
        x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 17), x0);
        x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 29), x0);
        x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 16), x0);
        x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 24), x0);
      }
      const phase = group % 3; // which two of the three key words are injected
      const inject0 = phase === 0 ? key1 : phase === 1 ? key2 : key0;
      const inject1 = phase === 0 ? key2 : phase === 1 ? key0 : key1;
      x0 = i32x4.add(x0, inject0);
      x1 = i32x4.add(i32x4.add(x1, inject1), i32x4.splat(group + 1));
    }
    const a = uniform(x0);
    const b = uniform(x1);
    const low = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const at = out + (i << 2);
    if (i + 8 <= n) {
      v128.store(at, low);
      v128.store(at, high, 16);
    } else {
      for (let j = 0; i + j < n; j++) store<f32>(at + (j << 2), lane(j < 4 ? low : high, j & 3));
    }
  }
}

function lane(x: v128, index: i32): f32 {
  if (index === 0) return f32x4.extract_lane(x, 0);
  if (index === 1) return f32x4.extract_lane(x, 1);
  if (index === 2) return f32x4.extract_lane(x, 2);
  return f32x4.extract_lane(x, 3);
}
