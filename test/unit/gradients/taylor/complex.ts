/** Complex numbers in double precision, for Cauchy's integrals. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

export const complex = (re: number, im = 0): Complex => ({ re, im });
export const add = (a: Complex, b: Complex): Complex => complex(a.re + b.re, a.im + b.im);
export const sub = (a: Complex, b: Complex): Complex => complex(a.re - b.re, a.im - b.im);
export const mul = (a: Complex, b: Complex): Complex => complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
export const div = (a: Complex, b: Complex): Complex => {
  const size = b.re ** 2 + b.im ** 2;
  return complex((a.re * b.re + a.im * b.im) / size, (a.im * b.re - a.re * b.im) / size);
};
export const exp = (a: Complex): Complex => complex(Math.exp(a.re) * Math.cos(a.im), Math.exp(a.re) * Math.sin(a.im));
export const log = (a: Complex): Complex => complex(Math.log(Math.hypot(a.re, a.im)), Math.atan2(a.im, a.re));
export const power = (a: Complex, p: number): Complex => exp(mul(complex(p), log(a)));
export const one = complex(1);
const i = complex(0, 1);
export const sinh = (a: Complex): Complex => mul(complex(0.5), sub(exp(a), exp(sub(complex(0), a))));
export const cosh = (a: Complex): Complex => mul(complex(0.5), add(exp(a), exp(sub(complex(0), a))));
export const sin = (a: Complex): Complex => div(sinh(mul(i, a)), i);
export const cos = (a: Complex): Complex => cosh(mul(i, a));
/** log(a + √(a² + 1)) */
export const asinh = (a: Complex): Complex => log(add(a, power(add(mul(a, a), one), 0.5)));
/** log(a + √(a² − 1)), right of 1 */
export const acosh = (a: Complex): Complex => log(add(a, power(sub(mul(a, a), one), 0.5)));
/** ½ log((1 + a)/(1 − a)) */
export const atanh = (a: Complex): Complex => mul(complex(0.5), log(div(add(one, a), sub(one, a))));
export const asin = (a: Complex): Complex => div(asinh(mul(i, a)), i);
export const atan = (a: Complex): Complex => div(atanh(mul(i, a)), i);

/** Taylor coefficients of f at x by Cauchy's integral over a circle of radius r inside which f is analytic. */
export function taylorCoefficients(f: (z: Complex) => Complex, x: number, order: number, radius: number): number[] {
  const points = 256;
  const values = Array.from({ length: points }, (_, k) => {
    const angle = (2 * Math.PI * k) / points;
    return { angle, value: f(complex(x + radius * Math.cos(angle), radius * Math.sin(angle))) };
  });
  return Array.from({ length: order + 1 }, (_, n) => {
    const sum = values.reduce(
      (total, { angle, value }) => total + value.re * Math.cos(n * angle) + value.im * Math.sin(n * angle),
      0,
    );
    return sum / points / radius ** n;
  });
}
