import { madd } from "./vector";

/**
 * One step of Adam on n elements, in one pass: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g²,
 * out = p − rate m / (√v · correction + ε). `rate` holds the learning rate over 1 − β₁ᵗ, `correction` is 1/√(1 − β₂ᵗ);
 * take1 and take2 are 1 − β₁ and 1 − β₂, which float32 would round differently.
 */
export function adam(
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  out: usize,
  n: i32,
  rate: f32,
  correction: f32,
  beta1: f32,
  take1: f32,
  beta2: f32,
  take2: f32,
  epsilon: f32,
): void {
  const body = n & ~3;
  const keep1 = f32x4.splat(beta1);
  const keep2 = f32x4.splat(beta2);
  const fresh1 = f32x4.splat(take1);
  const fresh2 = f32x4.splat(take2);
  for (let i = 0; i < body; i += 4) {
    const at = i << 2;
    const gradient = v128.load(g + at);
    const first = madd(keep1, v128.load(m + at), f32x4.mul(fresh1, gradient));
    const second = madd(keep2, v128.load(v + at), f32x4.mul(f32x4.mul(fresh2, gradient), gradient));
    v128.store(m + at, first);
    v128.store(v + at, second);
    const scale = madd(f32x4.sqrt(second), f32x4.splat(correction), f32x4.splat(epsilon));
    v128.store(out + at, f32x4.sub(v128.load(p + at), f32x4.div(f32x4.mul(f32x4.splat(rate), first), scale)));
  }
  for (let i = body; i < n; i++) {
    const at = i << 2;
    const gradient = load<f32>(g + at);
    const first = beta1 * load<f32>(m + at) + take1 * gradient;
    const second = beta2 * load<f32>(v + at) + take2 * gradient * gradient;
    store<f32>(m + at, first);
    store<f32>(v + at, second);
    store<f32>(out + at, load<f32>(p + at) - (rate * first) / (sqrt(second) * correction + epsilon));
  }
}

/** One step of gradient descent with momentum on n elements: velocity ← μ velocity + g, out = p − rate velocity. */
export function momentum(p: usize, g: usize, velocity: usize, out: usize, n: i32, rate: f32, mu: f32): void {
  const body = n & ~3;
  for (let i = 0; i < body; i += 4) {
    const at = i << 2;
    const speed = madd(f32x4.splat(mu), v128.load(velocity + at), v128.load(g + at));
    v128.store(velocity + at, speed);
    v128.store(out + at, madd(f32x4.splat(-rate), speed, v128.load(p + at)));
  }
  for (let i = body; i < n; i++) {
    const at = i << 2;
    const speed = mu * load<f32>(velocity + at) + load<f32>(g + at);
    store<f32>(velocity + at, speed);
    store<f32>(out + at, load<f32>(p + at) - rate * speed);
  }
}
