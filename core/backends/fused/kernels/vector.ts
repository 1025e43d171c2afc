/** Four lanes at a time: tails, exponentials and logarithms. Every pointer is a byte address in TensorFlow.js's memory. */

@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** The first `count` (0 to 3) lanes from memory, `fill` in the others. */
export function loadPartial(pointer: usize, count: i32, fill: f32): v128 {
  let x = f32x4.splat(fill);
  if (count > 0) x = f32x4.replace_lane(x, 0, load<f32>(pointer));
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(pointer, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(pointer, 8));
  return x;
}

/** Stores the first `count` (0 to 3) lanes. */
export function storePartial(pointer: usize, x: v128, count: i32): void {
  if (count > 0) store<f32>(pointer, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(pointer, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(pointer, f32x4.extract_lane(x, 2), 8);
}

@inline
export function sumLanes(x: v128): f32 {
  const y = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(y, 0) + f32x4.extract_lane(y, 1);
}

@inline
export function maxLanes(x: v128): f32 {
  const y = f32x4.max(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.max(y, v128.shuffle<f32>(y, y, 1, 0, 3, 2)), 0);
}

/**
 * exp(x) for x ≤ 0, to about one unit in the last place: x = n ln 2 + r with |r| ≤ ½ ln 2, then 2ⁿ times a polynomial in r.
 * Below −87.3 the answer is 0, NaN stays NaN. Coefficients: Cephes, expf.
 */
@inline
export function expNegative(x: v128): v128 {
  const shifted = madd(x, f32x4.splat(1.44269504088896341), f32x4.splat(12582912)); // 1.5 · 2²³: n stands in the low bits
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  let r = madd(n, f32x4.splat(-0.693359375), x);
  r = madd(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(1.9875691500e-4);
  p = madd(p, r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000));
  const result = f32x4.mul(p, power);
  return v128.andnot(result, f32x4.lt(x, f32x4.splat(-87.3)));
}

/** log1p(t) for t of [0, 1]: 2 artanh(t / (2 + t)), whose argument is at most 1/3. Relative error below 2e-7. */
@inline
export function log1pUnit(t: v128): v128 {
  const s = f32x4.div(t, f32x4.add(t, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  let p = f32x4.splat(2.0 / 15.0);
  p = madd(p, z, f32x4.splat(2.0 / 13.0));
  p = madd(p, z, f32x4.splat(2.0 / 11.0));
  p = madd(p, z, f32x4.splat(2.0 / 9.0));
  p = madd(p, z, f32x4.splat(2.0 / 7.0));
  p = madd(p, z, f32x4.splat(2.0 / 5.0));
  p = madd(p, z, f32x4.splat(2.0 / 3.0));
  return madd(f32x4.mul(p, z), s, f32x4.add(s, s));
}

/**
 * log1p(q) for finite q ≥ 0: 1 + q = 2ⁿ m with m of [1, 2) gives n ln 2 + log1p(m − 1), and q ≤ 1 is log1p(q) as it is, so that small q
 * keep their digits. NaN stays NaN.
 */
@inline
export function log1pPositive(q: v128): v128 {
  const one = f32x4.splat(1);
  const x = f32x4.add(q, one);
  const exponent = i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(127));
  const mantissa = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f800000));
  const small = f32x4.lt(q, one);
  const log = log1pUnit(v128.bitselect(q, f32x4.sub(mantissa, one), small));
  const n = v128.andnot(f32x4.convert_i32x4_s(exponent), small);
  return f32x4.add(madd(n, f32x4.splat(0.69314718055994531), log), f32x4.sub(q, q));
}

// −|a|: the sign bit set.
@inline
export function negativeMagnitude(a: v128): v128 {
  return v128.or(a, f32x4.splat(-0.0));
}

/** softplus(a) = max(a, 0) + log1p(exp(−|a|)). */
@inline
export function softplus(a: v128): v128 {
  return f32x4.add(f32x4.pmax(a, f32x4.splat(0)), log1pUnit(expNegative(negativeMagnitude(a))));
}

/** sigmoid(a): 1 / (1 + t) or t / (1 + t) with t = exp(−|a|). */
@inline
export function sigmoid(a: v128): v128 {
  const t = expNegative(negativeMagnitude(a));
  const one = f32x4.splat(1);
  return f32x4.div(v128.bitselect(t, one, f32x4.lt(a, f32x4.splat(0))), f32x4.add(one, t));
}
