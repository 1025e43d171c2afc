import jstat from "jstat";

/** The quantile of Student's t at probability `p` with `degreesOfFreedom` (> 0, may be infinite). */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  return degreesOfFreedom > 1e6 ? jstat.normal.inv(p, 0, 1) : jstat.studentt.inv(p, degreesOfFreedom);
}
