import {
  expNegative,
  loadPartial,
  log1pPositive,
  madd,
  negativeMagnitude,
  sigmoid,
  softplus,
  storePartial,
  sumLanes,
} from "./vector";

/**
 * out[r] = Σ_u x_u a_u − softplus(a_u) for rows r of `units` elements. Operands with fewer rows start over: row r reads row
 * r mod rowsA of the logits and r mod rowsX of the values. The softplus of logits that start over is summed once.
 */
export function bernoulliLogProb(a: usize, rowsA: i32, x: usize, rowsX: i32, out: usize, rows: i32, units: i32): void {
  if (rowsA === rows) {
    for (let row = 0; row < rows; row++) {
      const rowA = a + ((<usize>row * units) << 2);
      const rowX = x + ((<usize>(row % rowsX) * units) << 2);
      store<f32>(out + (<usize>row << 2), dot(rowX, rowA, units) - softplusSum(rowA, units));
    }
    return;
  }
  for (let row = 0; row < rowsA; row++)
    store<f32>(out + (<usize>row << 2), softplusSum(a + ((<usize>row * units) << 2), units));
  // From the last row to the first, since the first ones hold the sums.
  for (let row = rows - 1; row >= 0; row--) {
    const from = row % rowsA;
    const sum = load<f32>(out + (<usize>from << 2));
    const rowX = x + ((<usize>(row % rowsX) * units) << 2);
    store<f32>(out + (<usize>row << 2), dot(rowX, a + ((<usize>from * units) << 2), units) - sum);
  }
}

/** Σ x y, n elements. */
function dot(x: usize, y: usize, n: i32): f32 {
  const body = n & ~3;
  let total = f32x4.splat(0);
  for (let i = 0; i < body; i += 4) {
    const at = <usize>i << 2;
    total = madd(v128.load(x + at), v128.load(y + at), total);
  }
  const at = <usize>body << 2;
  return sumLanes(madd(loadPartial(x + at, n & 3, 0), loadPartial(y + at, n & 3, 0), total));
}

/** Elements of a lane whose logarithms are taken together: their product is at most 2³². */
const TOGETHER: i32 = 32;

/**
 * Σ softplus(a) = Σ max(a, 0) + Σ log(1 + t) with t = exp(−|a|). The logarithms of a lane's elements are taken of their product, kept as
 * q = Π (1 + t) − 1 so that small t are not rounded away.
 */
function softplusSum(a: usize, n: i32): f32 {
  const body = n & ~3;
  const zero = f32x4.splat(0);
  let total = zero;
  let i = 0;
  while (i < body) {
    const end = min(body, i + 4 * TOGETHER);
    let q = zero;
    for (; i < end; i += 4) {
      const logits = v128.load(a + (<usize>i << 2));
      total = f32x4.add(total, f32x4.pmax(logits, zero));
      const t = expNegative(negativeMagnitude(logits));
      q = madd(q, t, f32x4.add(q, t));
    }
    total = f32x4.add(total, log1pPositive(q));
  }
  const rest = n & 3;
  return sumLanes(rest > 0 ? f32x4.add(total, softplus(loadPartial(a + (<usize>body << 2), rest, -200))) : total);
}

/** out[r mod rowsOut] += dy[r] (x − sigmoid(a)); the caller clears `out` where rows start over. */
export function bernoulliGradLogits(
  dy: usize,
  a: usize,
  rowsA: i32,
  x: usize,
  rowsX: i32,
  out: usize,
  rows: i32,
  units: i32,
): void {
  const body = units & ~3;
  const tail = units & 3;
  const accumulate = rowsA < rows;
  if (accumulate) memory.fill(out, 0, (<usize>rowsA * units) << 2);
  for (let row = 0; row < rows; row++) {
    const weight = f32x4.splat(load<f32>(dy + (row << 2)));
    const rowA = a + ((<usize>(row % rowsA) * units) << 2);
    const rowX = x + ((<usize>(row % rowsX) * units) << 2);
    const rowOut = out + ((<usize>(row % rowsA) * units) << 2);
    for (let u = 0; u < body; u += 4) {
      const at = u << 2;
      const slope = f32x4.sub(v128.load(rowX + at), sigmoid(v128.load(rowA + at)));
      v128.store(rowOut + at, accumulate ? madd(weight, slope, v128.load(rowOut + at)) : f32x4.mul(weight, slope));
    }
    if (tail > 0) {
      const at = body << 2;
      const slope = f32x4.sub(loadPartial(rowX + at, tail, 0), sigmoid(loadPartial(rowA + at, tail, 0)));
      const before = accumulate ? loadPartial(rowOut + at, tail, 0) : f32x4.splat(0);
      storePartial(rowOut + at, madd(weight, slope, before), tail);
    }
  }
}

/** out[r mod rowsOut] += dy[r] a: a row's weight times a row, for gradients towards values. */
export function scaleRows(dy: usize, a: usize, rowsA: i32, out: usize, rowsOut: i32, rows: i32, units: i32): void {
  const body = units & ~3;
  memory.fill(out, 0, (<usize>rowsOut * units) << 2);
  for (let row = 0; row < rows; row++) {
    const weight = load<f32>(dy + (row << 2));
    const rowA = a + ((<usize>(row % rowsA) * units) << 2);
    const rowOut = out + ((<usize>(row % rowsOut) * units) << 2);
    for (let u = 0; u < body; u += 4) {
      const at = u << 2;
      v128.store(rowOut + at, madd(f32x4.splat(weight), v128.load(rowA + at), v128.load(rowOut + at)));
    }
    for (let u = body; u < units; u++) {
      const at = u << 2;
      store<f32>(rowOut + at, load<f32>(rowOut + at) + weight * load<f32>(rowA + at));
    }
  }
}
