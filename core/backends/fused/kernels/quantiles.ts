/**
 * Standard variables from uniforms of (0, 1), in double precision, two lanes at a time. Every operation is IEEE's and in the order of the
 * plain code (core/distributions, core/numerics/special/scalar), so that the bits are the same: no fused multiply-add.
 */

/** log x of positive normal x: core/numerics/special/scalar/naturalLog.ts. */
export function log(x: v128): v128 {
  const shifted = i64x2.add(x, i64x2.splat(0x95f6200000000));
  const exponent = i64x2.sub(i64x2.shr_u(shifted, 52), i64x2.splat(1023));
  // A small whole number in the low bits of 1.5 · 2⁵².
  const k = f64x2.sub(i64x2.add(exponent, i64x2.splat(0x4338000000000000)), f64x2.splat(6755399441055744));
  const mantissa = i64x2.add(v128.and(shifted, i64x2.splat(0xfffffffffffff)), i64x2.splat(0x3fe6a09e00000000));
  const f = f64x2.sub(mantissa, f64x2.splat(1));
  const s = f64x2.div(f, f64x2.add(f, f64x2.splat(2)));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  let odd = f64x2.mul(w, f64x2.splat(0.14798198605116586));
  odd = f64x2.mul(w, f64x2.add(f64x2.splat(0.1818357216161805), odd));
  odd = f64x2.mul(w, f64x2.add(f64x2.splat(0.2857142874366239), odd));
  odd = f64x2.mul(z, f64x2.add(f64x2.splat(0.6666666666666735), odd));
  let even = f64x2.mul(w, f64x2.splat(0.15313837699209373));
  even = f64x2.mul(w, f64x2.add(f64x2.splat(0.22222198432149784), even));
  even = f64x2.mul(w, f64x2.add(f64x2.splat(0.3999999999940942), even));
  const half = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f);
  const correction = f64x2.add(
    f64x2.mul(s, f64x2.add(half, f64x2.add(odd, even))),
    f64x2.mul(k, f64x2.splat(1.9082149292705877e-10)),
  );
  return f64x2.sub(
    f64x2.mul(k, f64x2.splat(0.6931471803691238)),
    f64x2.sub(f64x2.sub(half, correction), f),
  );
}

@inline
function step(sum: v128, x: v128, next: f64): v128 {
  return f64x2.add(f64x2.mul(sum, x), f64x2.splat(next));
}

/** Φ⁻¹/q near the median. */
@inline
function central(x: v128): v128 {
  let above = step(f64x2.splat(2509.0809287301226727), x, 33430.575583588128105);
  above = step(above, x, 67265.770927008700853);
  above = step(above, x, 45921.953931549871457);
  above = step(above, x, 13731.693765509461125);
  above = step(above, x, 1971.5909503065514427);
  above = step(above, x, 133.14166789178437745);
  above = step(above, x, 3.387132872796366608);
  let below = step(f64x2.splat(5226.495278852854561), x, 28729.085735721942674);
  below = step(below, x, 39307.89580009271061);
  below = step(below, x, 21213.794301586595867);
  below = step(below, x, 5394.1960214247511077);
  below = step(below, x, 687.1870074920579083);
  below = step(below, x, 42.313330701600911252);
  below = step(below, x, 1);
  return f64x2.div(above, below);
}

/** |Φ⁻¹| from 0.075 of a tail on. */
@inline
function middle(x: v128): v128 {
  let above = step(f64x2.splat(7.7454501427834140764e-4), x, 0.0227238449892691845833);
  above = step(above, x, 0.24178072517745061177);
  above = step(above, x, 1.27045825245236838258);
  above = step(above, x, 3.64784832476320460504);
  above = step(above, x, 5.7694972214606914055);
  above = step(above, x, 4.6303378461565452959);
  above = step(above, x, 1.42343711074968357734);
  let below = step(f64x2.splat(1.05075007164441684324e-9), x, 5.475938084995344946e-4);
  below = step(below, x, 0.0151986665636164571966);
  below = step(below, x, 0.14810397642748007459);
  below = step(below, x, 0.68976733498510000455);
  below = step(below, x, 1.6763848301838038494);
  below = step(below, x, 2.05319162663775882187);
  below = step(below, x, 1);
  return f64x2.div(above, below);
}

/** Φ⁻¹(u) for u of [2⁻²⁴, 1 − 2⁻²⁴]: core/numerics/special/scalar/normalQuantile.ts, whose far tail no uniform reaches. */
export function normalQuantile(u: v128): v128 {
  const q = f64x2.sub(u, f64x2.splat(0.5));
  const inside = f64x2.le(f64x2.abs(q), f64x2.splat(0.425));
  const near = f64x2.mul(q, central(f64x2.sub(f64x2.splat(0.180625), f64x2.mul(q, q))));
  if (v128.all_true<i64>(inside)) return near;
  const side = f64x2.pmin(u, f64x2.sub(f64x2.splat(1), u));
  const far = middle(f64x2.sub(f64x2.sqrt(f64x2.neg(log(side))), f64x2.splat(1.6)));
  const signed = v128.or(far, v128.and(q, f64x2.splat(-0.0)));
  return v128.bitselect(near, signed, inside);
}

/** log(u/(1 − u)). */
@inline
function logisticQuantile(u: v128): v128 {
  return log(f64x2.div(u, f64x2.sub(f64x2.splat(1), u)));
}

/** log 2u below the median, −log 2(1 − u) above. */
@inline
function laplaceQuantile(u: v128): v128 {
  const below = f64x2.lt(u, f64x2.splat(0.5));
  const side = v128.bitselect(u, f64x2.sub(f64x2.splat(1), u), below);
  const tail = log(f64x2.mul(f64x2.splat(2), side));
  return v128.bitselect(tail, f64x2.neg(tail), below);
}

/** −log(−log u). */
export function gumbelQuantile(u: v128): v128 {
  return f64x2.neg(log(f64x2.neg(log(u))));
}

@inline
function quantile(kind: i32, u: v128): v128 {
  if (kind === 0) return normalQuantile(u);
  if (kind === 1) return laplaceQuantile(u);
  return kind === 2 ? logisticQuantile(u) : gumbelQuantile(u);
}

/** out = F⁻¹(u) rounded to float32, n elements; kind 0 normal, 1 Laplace, 2 logistic, 3 Gumbel. */
export function quantiles(kind: i32, u: usize, out: usize, n: i32): void {
  const body = n & ~1;
  for (let i = 0; i < body; i += 2) {
    const at = <usize>i << 2;
    const x = quantile(kind, f64x2.promote_low_f32x4(v128.load64_zero(u + at)));
    store<i64>(out + at, i64x2.extract_lane(f32x4.demote_f64x2_zero(x), 0));
  }
  if (body < n) {
    const at = <usize>body << 2;
    const x = quantile(kind, f64x2.splat(<f64>load<f32>(u + at)));
    store<f32>(out + at, <f32>f64x2.extract_lane(x, 0));
  }
}

/**
 * One-hot draws by the Gumbel-max trick: of each group of `states` the first k with the largest aₖ + gₖ, g = −log(−log u), in double
 * precision. Group i of `groups` reads logits group i mod groupsA.
 */
export function categoricalDraw(a: usize, groupsA: i32, u: usize, out: usize, groups: i32, states: i32): void {
  const bytes = <usize>states << 2;
  const body = states & ~1;
  memory.fill(out, 0, <usize>groups * bytes);
  for (let group = 0; group < groups; group++) {
    const logits = a + <usize>(group % groupsA) * bytes;
    const noise = u + <usize>group * bytes;
    let best = 0;
    let most = -Infinity;
    for (let k = 0; k < body; k += 2) {
      const at = <usize>k << 2;
      const gumbel = gumbelQuantile(f64x2.promote_low_f32x4(v128.load64_zero(noise + at)));
      const sum = f64x2.add(f64x2.promote_low_f32x4(v128.load64_zero(logits + at)), gumbel);
      const first = f64x2.extract_lane(sum, 0);
      const second = f64x2.extract_lane(sum, 1);
      if (first > most) {
        most = first;
        best = k;
      }
      if (second > most) {
        most = second;
        best = k + 1;
      }
    }
    if (body < states) {
      const at = <usize>body << 2;
      const gumbel = gumbelQuantile(f64x2.splat(<f64>load<f32>(noise + at)));
      if (<f64>load<f32>(logits + at) + f64x2.extract_lane(gumbel, 0) > most) best = body;
    }
    store<f32>(out + <usize>group * bytes + (<usize>best << 2), 1);
  }
}

/**
 * One attempt of Marsaglia and Tsang's for the elements in `pending` (i32, `count` of them): accepted ones get their value (float64), the
 * others move to the front; core/distributions/gammaSampler.ts has the plain code. Two at a time, as far as the squeeze accepts both.
 * @returns how many are left
 */
export function gammaProposals(
  values: usize,
  pending: usize,
  count: i32,
  a: usize,
  normals: usize,
  uniforms: usize,
): i32 {
  const one = f64x2.splat(1);
  let left = 0;
  for (let k = 0; k < count; k += 2) {
    const i = load<i32>(pending + (<usize>k << 2));
    const j = k + 1 < count ? load<i32>(pending + (<usize>(k + 1) << 2)) : i;
    const x = normalQuantile(pair(normals, i, j));
    const u = pair(uniforms, i, j);
    const shape = pair(a, i, j);
    const larger = v128.bitselect(f64x2.add(shape, one), shape, f64x2.lt(shape, one));
    const d = f64x2.sub(larger, f64x2.splat(1.0 / 3.0));
    const root = f64x2.add(one, f64x2.div(x, f64x2.sqrt(f64x2.mul(f64x2.splat(9), d))));
    const v = f64x2.mul(f64x2.mul(root, root), root);
    const square = f64x2.mul(x, x);
    const bound = f64x2.sub(one, f64x2.mul(f64x2.mul(f64x2.splat(0.0331), square), square));
    const zero = f64x2.splat(0);
    const squeezed = v128.and(v128.and(f64x2.lt(u, bound), f64x2.gt(v, zero)), f64x2.gt(shape, zero));
    const value = f64x2.mul(d, v);
    if (v128.all_true<i64>(squeezed)) {
      store<f64>(values + (<usize>i << 3), f64x2.extract_lane(value, 0));
      store<f64>(values + (<usize>j << 3), f64x2.extract_lane(value, 1));
      continue;
    }
    const test = f64x2.add(
      f64x2.mul(f64x2.splat(0.5), square),
      f64x2.mul(d, f64x2.add(f64x2.sub(one, v), log(v))),
    );
    const accepted = v128.or(squeezed, v128.and(f64x2.lt(log(u), test), f64x2.gt(v, zero)));
    // A shape that is not above 0 makes no distribution: NaN, and done.
    const none = v128.not(f64x2.gt(shape, zero));
    const done = v128.or(accepted, none);
    const result = v128.or(value, none);
    if (i64x2.extract_lane(done, 0)) store<f64>(values + (<usize>i << 3), f64x2.extract_lane(result, 0));
    else store<i32>(pending + (<usize>(left++) << 2), i);
    if (k + 1 < count) {
      if (i64x2.extract_lane(done, 1)) store<f64>(values + (<usize>j << 3), f64x2.extract_lane(result, 1));
      else store<i32>(pending + (<usize>(left++) << 2), j);
    }
  }
  return left;
}

/** Elements i and j of float32 numbers. */
@inline
function pair(x: usize, i: i32, j: i32): v128 {
  return f64x2.replace_lane(
    f64x2.splat(<f64>load<f32>(x + (<usize>i << 2))),
    1,
    <f64>load<f32>(x + (<usize>j << 2)),
  );
}
