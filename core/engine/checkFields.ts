import type { BiasRecord } from "../protocol/bias";
import type { ComparisonRecord } from "../protocol/comparison";
import type { SweepRecord } from "../protocol/sweep";
import type { RolloutRecord } from "../protocol/trunks";

/** What a check beside a run leaves in its snapshot. */
export type CheckFields =
  | { readonly bias: BiasRecord }
  | { readonly comparison: ComparisonRecord }
  | { readonly rollout: RolloutRecord }
  | { readonly sweeps: readonly SweepRecord[] };
