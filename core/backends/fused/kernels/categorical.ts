import { expNegative, loadPartial, log1pUnit, madd, maxLanes, storePartial, sumLanes } from "./vector";

/** Σ_k exp(a_k − shift) of one group of K logits. */
function sumExp(a: usize, shift: f32, states: i32): f32 {
  const body = states & ~3;
  const back = f32x4.splat(-shift);
  let total = f32x4.splat(0);
  for (let k = 0; k < body; k += 4) total = f32x4.add(total, expNegative(f32x4.add(v128.load(a + (k << 2)), back)));
  const tail = loadPartial(a + (body << 2), states & 3, -Infinity);
  return sumLanes(f32x4.add(total, expNegative(f32x4.add(tail, back))));
}

function maximum(a: usize, states: i32): f32 {
  const body = states & ~3;
  let most = loadPartial(a + (body << 2), states & 3, -Infinity);
  for (let k = 0; k < body; k += 4) most = f32x4.max(most, v128.load(a + (k << 2)));
  return maxLanes(most);
}

/** log Σ_k exp(a_k), from the maximum up. */
function logSumExp(a: usize, states: i32): f32 {
  const most = maximum(a, states);
  return most + logf(sumExp(a, most, states));
}

/** log x for x ≥ 1: x = 2ᵉ (1 + t), so e ln 2 + log1p(t). */
function logf(x: f32): f32 {
  const bits = reinterpret<i32>(x);
  const exponent = (bits >> 23) - 127;
  const t = reinterpret<f32>((bits & 0x007fffff) | 0x3f800000) - 1;
  if (!(x >= 1)) return NaN;
  return <f32>exponent * <f32>0.6931471805599453 + f32x4.extract_lane(log1pUnit(f32x4.splat(t)), 0);
}

/**
 * out[r] = Σ_u Σ_k x_uk (a_uk − log Σ_j exp a_uj); rows of `units` groups of `states`.
 *
 * @param normalizers room for rowsA · units numbers, so that logits that start over are summed once
 */
export function categoricalLogProb(
  a: usize,
  rowsA: i32,
  x: usize,
  rowsX: i32,
  out: usize,
  rows: i32,
  units: i32,
  states: i32,
  normalizers: usize,
): void {
  const groupBytes = <usize>states << 2;
  for (let group = 0; group < rowsA * units; group++)
    store<f32>(normalizers + (<usize>group << 2), logSumExp(a + <usize>group * groupBytes, states));
  for (let row = 0; row < rows; row++) {
    let total: f32 = 0;
    const firstA = (row % rowsA) * units;
    const firstX = (row % rowsX) * units;
    for (let u = 0; u < units; u++) {
      const group = a + <usize>(firstA + u) * groupBytes;
      const value = x + <usize>(firstX + u) * groupBytes;
      const normalizer = load<f32>(normalizers + (<usize>(firstA + u) << 2));
      for (let k = 0; k < states; k++) {
        const weight = load<f32>(value + (<usize>k << 2));
        if (weight != 0) total += weight * (load<f32>(group + (<usize>k << 2)) - normalizer);
      }
    }
    store<f32>(out + (<usize>row << 2), total);
  }
}

/** out[r mod rowsA] += dy[r] (x − (Σ_k x_k) softmax(a)) for every group of `states`. */
export function categoricalGradLogits(
  dy: usize,
  a: usize,
  rowsA: i32,
  x: usize,
  rowsX: i32,
  out: usize,
  rows: i32,
  units: i32,
  states: i32,
): void {
  const body = states & ~3;
  const tail = states & 3;
  memory.fill(out, 0, (<usize>rowsA * units * states) << 2);
  for (let row = 0; row < rows; row++) {
    const weight = f32x4.splat(load<f32>(dy + (row << 2)));
    for (let u = 0; u < units; u++) {
      const offset = (<usize>((row % rowsA) * units + u) * states) << 2;
      const group = a + offset;
      const target = out + offset;
      const value = x + ((<usize>((row % rowsX) * units + u) * states) << 2);
      const most = maximum(group, states);
      let mass: f32 = 0;
      for (let k = 0; k < states; k++) mass += load<f32>(value + (k << 2));
      const scale = f32x4.splat(mass / sumExp(group, most, states));
      const back = f32x4.splat(-most);
      for (let k = 0; k < body; k += 4) {
        const at = k << 2;
        const part = f32x4.mul(scale, expNegative(f32x4.add(v128.load(group + at), back)));
        v128.store(target + at, madd(weight, f32x4.sub(v128.load(value + at), part), v128.load(target + at)));
      }
      if (tail > 0) {
        const at = body << 2;
        const part = f32x4.mul(scale, expNegative(f32x4.add(loadPartial(group + at, tail, -Infinity), back)));
        const slope = f32x4.sub(loadPartial(value + at, tail, 0), part);
        storePartial(target + at, madd(weight, slope, loadPartial(target + at, tail, 0)), tail);
      }
    }
  }
}

/** out[r mod rowsX] += dy[r] (a − log Σ_j exp a_j) for every group of `states`: the gradient towards relaxed values. */
export function categoricalGradValue(
  dy: usize,
  a: usize,
  rowsA: i32,
  out: usize,
  rowsX: i32,
  rows: i32,
  units: i32,
  states: i32,
): void {
  memory.fill(out, 0, (<usize>rowsX * units * states) << 2);
  for (let row = 0; row < rows; row++) {
    const weight = load<f32>(dy + (row << 2));
    for (let u = 0; u < units; u++) {
      const group = a + ((<usize>((row % rowsA) * units + u) * states) << 2);
      const target = out + ((<usize>((row % rowsX) * units + u) * states) << 2);
      const normalizer = logSumExp(group, states);
      for (let k = 0; k < states; k++) {
        const at = k << 2;
        store<f32>(target + at, load<f32>(target + at) + weight * (load<f32>(group + at) - normalizer));
      }
    }
  }
}
