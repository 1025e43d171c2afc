import { logGamma } from "./logGamma";
import { digamma } from "./polygamma";

const maxRounds = 100_000;

/**
 * I_x(a, b), the distribution function of a beta variable, with its derivatives in both shapes, in double precision, by the
 * continued fraction of DLMF 8.17.22 (differentiated along) on the side of the mean where it converges fast.
 *
 * @param a above 0
 * @param b above 0
 * @param x in [0, 1]
 * @returns `value` I, `dA` ∂I/∂a, `dB` ∂I/∂b, and `pathA`, `pathB` = −(∂I/∂shape)/p(x) = dx/dshape at fixed I
 */
export function incompleteBeta(
  a: number,
  b: number,
  x: number,
): { value: number; dA: number; dB: number; pathA: number; pathB: number } {
  if (!(a > 0) || !(b > 0) || !(x >= 0 && x <= 1)) return { value: NaN, dA: NaN, dB: NaN, pathA: NaN, pathB: NaN };
  if (x === 0 || x === 1) return { value: x, dA: 0, dB: 0, pathA: 0, pathB: 0 };
  if (x > (a + 1) / (a + b + 2)) {
    const mirrored = incompleteBeta(b, a, 1 - x);
    return {
      value: 1 - mirrored.value,
      dA: -mirrored.dB,
      dB: -mirrored.dA,
      pathA: -mirrored.pathB,
      pathB: -mirrored.pathA,
    };
  }
  const { h, dA, dB } = fraction(a, b, x);
  // I = x(1 − x) p(x) · h/a
  const logX = Math.log(x);
  const log1mX = Math.log1p(-x);
  const density = Math.exp((a - 1) * logX + (b - 1) * log1mX + logGamma(a + b) - logGamma(a) - logGamma(b));
  const both = digamma(a + b);
  const scale = (x * (1 - x)) / a;
  const slopeA = scale * ((logX + both - digamma(a) - 1 / a) * h + dA); // (∂I/∂a)/p(x)
  const slopeB = scale * ((log1mX + both - digamma(b)) * h + dB);
  return {
    value: Math.min(1, density * scale * h),
    dA: density * slopeA,
    dB: density * slopeB,
    pathA: -slopeA,
    pathB: -slopeB,
  };
}

/** 1/(1 + d₁/(1 + d₂/(1 + …))) and its derivatives, by Lentz's method with duals. */
function fraction(a: number, b: number, x: number): { h: number; dA: number; dB: number } {
  // c and d with their derivatives; the denominator is f = Π c·d.
  let c = 1;
  let cA = 0;
  let cB = 0;
  let d = 0;
  let dA = 0;
  let dB = 0;
  let f = 1;
  let fA = 0;
  let fB = 0;
  for (let m = 0; m < maxRounds; m++) {
    let change = 0;
    for (const odd of [false, true]) {
      if (!odd && m === 0) continue;
      let t: number;
      let tA: number;
      let tB: number;
      if (odd) {
        // d_{2m+1} = −(a+m)(a+b+m) x / ((a+2m)(a+2m+1))
        const below = (a + 2 * m) * (a + 2 * m + 1);
        t = (-(a + m) * (a + b + m) * x) / below;
        tA = t * (1 / (a + m) + 1 / (a + b + m) - 1 / (a + 2 * m) - 1 / (a + 2 * m + 1));
        tB = t / (a + b + m);
      } else {
        // d_{2m} = m(b−m) x / ((a+2m−1)(a+2m))
        const below = (a + 2 * m - 1) * (a + 2 * m);
        t = (m * (b - m) * x) / below;
        tA = -t * (1 / (a + 2 * m - 1) + 1 / (a + 2 * m));
        tB = (m * x) / below;
      }
      const nextC = 1 + t / c;
      const nextCA = tA / c - (t * cA) / (c * c);
      const nextCB = tB / c - (t * cB) / (c * c);
      const below = 1 + t * d;
      const nextD = 1 / below;
      const nextDA = -(tA * d + t * dA) * nextD * nextD;
      const nextDB = -(tB * d + t * dB) * nextD * nextD;
      c = nextC;
      cA = nextCA;
      cB = nextCB;
      d = nextD;
      dA = nextDA;
      dB = nextDB;
      const factor = c * d;
      const factorA = cA * d + c * dA;
      const factorB = cB * d + c * dB;
      fA = fA * factor + f * factorA;
      fB = fB * factor + f * factorB;
      f *= factor;
      change = Math.max(change, Math.abs(factor - 1), Math.abs(factorA) * 1e-2, Math.abs(factorB) * 1e-2);
    }
    if (change < 1e-16) break;
  }
  return { h: 1 / f, dA: -fA / (f * f), dB: -fB / (f * f) };
}
