import { lowerBound } from "../../core/charts/decimate";

/** Index of the point nearest to a step, of the last one for null; -1 when there is none. */
export function indexAt(steps: ArrayLike<number>, step: number | null): number {
  if (step === null) return steps.length - 1;
  const after = lowerBound(steps, step);
  const before = after - 1;
  if (before < 0) return steps.length > 0 ? 0 : -1;
  if (after >= steps.length) return before;
  return step - (steps[before] ?? 0) <= (steps[after] ?? 0) - step ? before : after;
}
