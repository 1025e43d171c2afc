import type { PathScore, VarianceRecord } from "../../core/protocol/variance";
import { findNamed } from "./parameterHistory";

/** The measurements of one parameter's path and score part, oldest first; NaN is unknown. */
export interface PathScoreHistory {
  readonly steps: Float64Array;
  readonly records: readonly PathScore[];
  column(of: (entry: PathScore) => number | null | undefined): Float64Array;
}

export function pathScoreHistory(records: readonly VarianceRecord[], name: string): PathScoreHistory {
  const hint = latestPathScore(records)?.parts.findIndex((part) => part.name === name) ?? -1;
  const found = records.flatMap(({ step, pathScore = [] }) => {
    const entry = findNamed(pathScore, name, hint);
    return entry ? [{ step, entry }] : [];
  });
  return {
    steps: Float64Array.from(found, ({ step }) => step),
    records: found.map(({ entry }) => entry),
    column: (of) => Float64Array.from(found, ({ entry }) => of(entry) ?? NaN),
  };
}

/** The newest measurement of every parameter, with its step; null before there is one. */
export function latestPathScore(
  records: readonly VarianceRecord[],
): { readonly step: number; readonly parts: readonly PathScore[] } | null {
  const record = records.findLast(({ pathScore }) => pathScore !== undefined);
  return record ? { step: record.step, parts: record.pathScore ?? [] } : null;
}

/** Variance of the total derivative: path + 2 covariance + score. */
export function totalVariance({ pathVariance, covariance, scoreVariance }: PathScore): number | null {
  if (pathVariance === null || covariance === null || scoreVariance === null) return null;
  return Math.max(0, pathVariance + 2 * covariance + scoreVariance);
}
