import { loadPartial, madd, sigmoid, softplus, storePartial, sumLanes } from "./vector";

/**
 * out[r] = Σ_u x_u a_u − softplus(a_u) for rows r of `units` elements. Operands with fewer rows start over: row r reads row
 * r mod rowsA of the logits and r mod rowsX of the values.
 */
export function bernoulliLogProb(a: usize, rowsA: i32, x: usize, rowsX: i32, out: usize, rows: i32, units: i32): void {
  const body = units & ~3;
  const tail = units & 3;
  for (let row = 0; row < rows; row++) {
    const rowA = a + ((<usize>(row % rowsA) * units) << 2);
    const rowX = x + ((<usize>(row % rowsX) * units) << 2);
    let total = f32x4.splat(0);
    for (let u = 0; u < body; u += 4) {
      const logit = v128.load(rowA + (u << 2));
      total = f32x4.add(total, f32x4.sub(f32x4.mul(v128.load(rowX + (u << 2)), logit), softplus(logit)));
    }
    if (tail > 0) {
      const at = body << 2;
      const logit = loadPartial(rowA + at, tail, -200); // softplus is 0 there
      total = f32x4.add(total, f32x4.sub(f32x4.mul(loadPartial(rowX + at, tail, 0), logit), softplus(logit)));
    }
    store<f32>(out + (row << 2), sumLanes(total));
  }
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
