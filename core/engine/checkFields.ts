import type { BiasRecord, ComparisonRecord, RolloutRecord, SweepRecord } from "../protocol/snapshot";

/** What a check beside a run leaves in its snapshot. */
export type CheckFields =
  | { readonly bias: BiasRecord }
  | { readonly comparison: ComparisonRecord }
  | { readonly rollout: RolloutRecord }
  | { readonly sweeps: readonly SweepRecord[] };
