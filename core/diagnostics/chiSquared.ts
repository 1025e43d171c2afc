import jstat from "jstat";

/** The quantile of chi-squared at probability `p`; beyond 2000 degrees of freedom by Wilson and Hilferty's cube. */
export function chiSquaredQuantile(p: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom <= 2000) return jstat.chisquare.inv(p, degreesOfFreedom);
  const spread = 2 / (9 * degreesOfFreedom);
  return degreesOfFreedom * (1 - spread + jstat.normal.inv(p, 0, 1) * Math.sqrt(spread)) ** 3;
}
