import { madd } from "./vector";

/**
 * out[c, r] = base[r] + Σ_k change[c, r, k] · matrix[first[c] + k] for `copies` copies of `rows` rows of `columns` elements, k below
 * `width`. Changes of 0 cost nothing.
 */
export function changedRows(
  base: usize,
  change: usize,
  first: usize,
  matrix: usize,
  out: usize,
  copies: i32,
  rows: i32,
  width: i32,
  columns: i32,
): void {
  const rowBytes = <usize>columns << 2;
  let to = out;
  let by = change;
  for (let copy = 0; copy < copies; copy++) {
    const block = matrix + <usize>load<i32>(first + (<usize>copy << 2)) * rowBytes;
    for (let row = 0; row < rows; row++) {
      let from = base + <usize>row * rowBytes;
      for (let k = 0; k < width; k++) {
        const amount = load<f32>(by + (<usize>k << 2));
        if (amount == 0) continue;
        addMultiple(from, amount, block + <usize>k * rowBytes, to, columns);
        from = to;
      }
      if (from !== to) memory.copy(to, from, rowBytes);
      to += rowBytes;
      by += <usize>width << 2;
    }
  }
}

/** out = x + amount · y, n elements. */
function addMultiple(x: usize, amount: f32, y: usize, out: usize, n: i32): void {
  const body = n & ~3;
  const factor = f32x4.splat(amount);
  for (let i = 0; i < body; i += 4) {
    const at = <usize>i << 2;
    v128.store(out + at, madd(factor, v128.load(y + at), v128.load(x + at)));
  }
  for (let i = body; i < n; i++) {
    const at = <usize>i << 2;
    store<f32>(out + at, load<f32>(x + at) + amount * load<f32>(y + at));
  }
}
