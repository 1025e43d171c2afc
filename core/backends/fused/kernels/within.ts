import { madd, sumLanes } from "./vector";

/**
 * Copies of groups, row r·groups + g: mean[g] = 1/R Σ_r a_rg `[groups, units]`, out[r·groups + g] = Σ_u (a_rgu − mean_gu)².
 */
export function deviations(a: usize, mean: usize, out: usize, groups: i32, copies: i32, units: i32): void {
  const body = units & ~3;
  const stride = (<usize>(groups * units)) << 2;
  const share: f32 = 1 / <f32>copies;
  for (let group = 0; group < groups; group++) {
    const first = a + ((<usize>group * units) << 2);
    const centre = mean + ((<usize>group * units) << 2);
    for (let u = 0; u < body; u += 4) {
      let total = f32x4.splat(0);
      for (let r = 0; r < copies; r++) total = f32x4.add(total, v128.load(first + <usize>r * stride + (u << 2)));
      v128.store(centre + (u << 2), f32x4.mul(total, f32x4.splat(share)));
    }
    for (let u = body; u < units; u++) {
      let total: f32 = 0;
      for (let r = 0; r < copies; r++) total += load<f32>(first + <usize>r * stride + (u << 2));
      store<f32>(centre + (u << 2), total * share);
    }
    for (let r = 0; r < copies; r++) {
      const row = first + <usize>r * stride;
      let total = f32x4.splat(0);
      for (let u = 0; u < body; u += 4) {
        const x = f32x4.sub(v128.load(row + (u << 2)), v128.load(centre + (u << 2)));
        total = madd(x, x, total);
      }
      let sum = sumLanes(total);
      for (let u = body; u < units; u++) {
        const x = load<f32>(row + (u << 2)) - load<f32>(centre + (u << 2));
        sum += x * x;
      }
      store<f32>(out + ((r * groups + group) << 2), sum);
    }
  }
}

/** out[g, r, s] = Σ_u a_rgu a_sgu for copies of groups, row r·groups + g; two rows by two at a time. */
export function withinProducts(a: usize, out: usize, groups: i32, copies: i32, units: i32): void {
  const body = units & ~3;
  const stride = (<usize>(groups * units)) << 2;
  const last = copies - 1;
  for (let group = 0; group < groups; group++) {
    const first = a + ((<usize>group * units) << 2);
    const target = out + ((<usize>(group * copies * copies)) << 2);
    for (let r = 0; r < copies; r += 2) {
      // Past the last row the block repeats it, and writes the same numbers twice.
      const r1 = min(r + 1, last);
      const p0 = first + <usize>r * stride;
      const p1 = first + <usize>r1 * stride;
      for (let s = 0; s <= r; s += 2) {
        const s1 = min(s + 1, last);
        const q0 = first + <usize>s * stride;
        const q1 = first + <usize>s1 * stride;
        let t00 = f32x4.splat(0),
          t01 = f32x4.splat(0),
          t10 = f32x4.splat(0),
          t11 = f32x4.splat(0);
        for (let u = 0; u < body; u += 4) {
          const at = u << 2;
          const x0 = v128.load(p0 + at),
            x1 = v128.load(p1 + at),
            y0 = v128.load(q0 + at),
            y1 = v128.load(q1 + at);
          t00 = madd(x0, y0, t00);
          t01 = madd(x0, y1, t01);
          t10 = madd(x1, y0, t10);
          t11 = madd(x1, y1, t11);
        }
        let f00 = sumLanes(t00),
          f01 = sumLanes(t01),
          f10 = sumLanes(t10),
          f11 = sumLanes(t11);
        for (let u = body; u < units; u++) {
          const at = u << 2;
          const x0 = load<f32>(p0 + at),
            x1 = load<f32>(p1 + at),
            y0 = load<f32>(q0 + at),
            y1 = load<f32>(q1 + at);
          f00 += x0 * y0;
          f01 += x0 * y1;
          f10 += x1 * y0;
          f11 += x1 * y1;
        }
        put(target, copies, r, s, f00);
        put(target, copies, r, s1, f01);
        put(target, copies, r1, s, f10);
        put(target, copies, r1, s1, f11);
      }
    }
  }
}

@inline
function put(target: usize, copies: i32, r: i32, s: i32, value: f32): void {
  store<f32>(target + ((r * copies + s) << 2), value);
  store<f32>(target + ((s * copies + r) << 2), value);
}
