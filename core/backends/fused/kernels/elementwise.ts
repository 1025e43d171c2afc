import { loadPartial, sigmoid, softplus, storePartial } from "./vector";

/** out = softplus(a), n elements. */
export function softplusInto(a: usize, out: usize, n: i32): void {
  const body = n & ~3;
  for (let i = 0; i < body; i += 4) v128.store(out + (i << 2), softplus(v128.load(a + (i << 2))));
  const at = body << 2;
  storePartial(out + at, softplus(loadPartial(a + at, n & 3, 0)), n & 3);
}

/** out = sigmoid(a), n elements. */
export function sigmoidInto(a: usize, out: usize, n: i32): void {
  const body = n & ~3;
  for (let i = 0; i < body; i += 4) v128.store(out + (i << 2), sigmoid(v128.load(a + (i << 2))));
  const at = body << 2;
  storePartial(out + at, sigmoid(loadPartial(a + at, n & 3, 0)), n & 3);
}

/** out = a b, n elements. */
export function multiplyInto(a: usize, b: usize, out: usize, n: i32): void {
  const body = n & ~3;
  for (let i = 0; i < body; i += 4) {
    const at = i << 2;
    v128.store(out + at, f32x4.mul(v128.load(a + at), v128.load(b + at)));
  }
  for (let i = body; i < n; i++) store<f32>(out + (i << 2), load<f32>(a + (i << 2)) * load<f32>(b + (i << 2)));
}

/** out = 1 where u > sigmoid(−a), else 0; row r of `[rows, units]` takes row r mod rowsA of a. */
export function bernoulliDraw(a: usize, rowsA: i32, u: usize, out: usize, rows: i32, units: i32): void {
  const body = units & ~3;
  const rest = units & 3;
  const one = f32x4.splat(1);
  for (let row = 0; row < rows; row++) {
    const from = a + (<usize>((row % rowsA) * units) << 2);
    const first = <usize>(row * units) << 2;
    for (let i = 0; i < body; i += 4) {
      const at = <usize>i << 2;
      const threshold = sigmoid(f32x4.neg(v128.load(from + at)));
      v128.store(out + first + at, v128.and(f32x4.gt(v128.load(u + first + at), threshold), one));
    }
    const at = <usize>body << 2;
    const threshold = sigmoid(f32x4.neg(loadPartial(from + at, rest, 0)));
    storePartial(out + first + at, v128.and(f32x4.gt(loadPartial(u + first + at, rest, 0), threshold), one), rest);
  }
}
