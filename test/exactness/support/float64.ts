import type { Parameters } from "../continuousRows";

/** log N(x; mean, std²). */
export function logNormal(x: number, mean: number, std: number): number {
  return -0.5 * ((x - mean) / std) ** 2 - Math.log(std) - 0.5 * Math.log(2 * Math.PI);
}

/** A planar layer as its authors write it (Rezende and Mohamed, 2015, eq. 10 to 12 and appendix A.1). */
export function planarMap(
  x: readonly number[],
  u: readonly number[],
  w: readonly number[],
  b: number,
): { readonly value: readonly number[]; readonly logDeterminant: number } {
  const dot = (a: readonly number[], c: readonly number[]): number => a.reduce((sum, v, i) => sum + v * c[i]!, 0);
  const along = dot(w, u);
  const hat = u.map((v, i) => v + ((-1 + Math.log1p(Math.exp(along)) - along) * w[i]!) / dot(w, w));
  const h = Math.tanh(dot(w, x) + b);
  return {
    value: x.map((v, i) => v + hat[i]! * h),
    logDeterminant: Math.log(Math.abs(1 + (1 - h * h) * dot(w, hat))),
  };
}

/** The gradient of a function of named numbers by central differences of fourth order, to about 1e-10 of its size. */
export function differentiate(at: Parameters, f: (p: Parameters) => number): Record<string, readonly number[]> {
  const h = 1e-3;
  const moved = (name: string, k: number, by: number): number =>
    f({ ...at, [name]: at[name]!.map((value, i) => (i === k ? value + by : value)) });
  return Object.fromEntries(
    Object.entries(at).map(([name, values]) => [
      name,
      values.map(
        (_, k) =>
          (8 * (moved(name, k, h) - moved(name, k, -h)) - (moved(name, k, 2 * h) - moved(name, k, -2 * h))) / (12 * h),
      ),
    ]),
  );
}
