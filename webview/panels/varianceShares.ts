import type { RunSnapshot } from "../../core/protocol/snapshot";
import { latestVariances } from "./parameterHistory";

/** Each parameter's part of the latest total variance of all parameters; empty when any of it is unknown. */
export function varianceShares({ variance }: RunSnapshot): ReadonlyMap<string, number> {
  const latest = latestVariances(variance);
  const sum = latest.reduce((total, entry) => total + (entry.total ?? NaN), 0);
  return new Map(sum > 0 ? latest.map(({ name, total }) => [name, (total ?? 0) / sum]) : []);
}
