import jstat from "jstat";

let last: { readonly key: string; readonly quantile: number } | null = null;

/**
 * The quantile of F at probability `p`: of the ratio of two independent χ² by their degrees of freedom. All parameters of a measurement ask for the
 * same one, so the last is kept.
 */
export function fQuantile(p: number, numerator: number, denominator: number): number {
  const key = `${p},${numerator},${denominator}`;
  if (last?.key !== key) last = { key, quantile: jstat.centralF.inv(p, numerator, denominator) };
  return last.quantile;
}
