import { madd, sumLanes } from "./vector";

/** out[r] = Σ_u a_ru², rows of `units` elements. */
export function rowSquaredNorms(a: usize, out: usize, rows: i32, units: i32): void {
  const body = units & ~3;
  for (let row = 0; row < rows; row++) {
    const from = a + ((<usize>row * units) << 2);
    let total = f32x4.splat(0);
    for (let u = 0; u < body; u += 4) {
      const x = v128.load(from + (u << 2));
      total = madd(x, x, total);
    }
    let sum = sumLanes(total);
    for (let u = body; u < units; u++) {
      const x = load<f32>(from + (u << 2));
      sum += x * x;
    }
    store<f32>(out + (row << 2), sum);
  }
}

/** out[u] = Σ_r a_ru: sums of columns, row by row. */
export function columnSums(a: usize, out: usize, rows: i32, units: i32): void {
  const body = units & ~3;
  memory.fill(out, 0, (<usize>units) << 2);
  for (let row = 0; row < rows; row++) {
    const from = a + ((<usize>row * units) << 2);
    for (let u = 0; u < body; u += 4) {
      v128.store(out + (u << 2), f32x4.add(v128.load(out + (u << 2)), v128.load(from + (u << 2))));
    }
    for (let u = body; u < units; u++)
      store<f32>(out + (u << 2), load<f32>(out + (u << 2)) + load<f32>(from + (u << 2)));
  }
}

/** out[r] = Σ_u a_ru. */
export function rowSums(a: usize, out: usize, rows: i32, units: i32): void {
  const body = units & ~3;
  for (let row = 0; row < rows; row++) {
    const from = a + ((<usize>row * units) << 2);
    let total = f32x4.splat(0);
    for (let u = 0; u < body; u += 4) total = f32x4.add(total, v128.load(from + (u << 2)));
    let sum = sumLanes(total);
    for (let u = body; u < units; u++) sum += load<f32>(from + (u << 2));
    store<f32>(out + (row << 2), sum);
  }
}
