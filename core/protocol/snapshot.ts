/** What is known of a run at one moment: the data that panels, inline text and the terminal draw. Plain data only. */

import type { BiasRecord, BiasWatchRecord } from "./bias";
import type { ComparisonRecord } from "./comparison";
import type { ModelGraph } from "./graph";
import type { LintReport } from "./lints";
import type { SweepRecord } from "./sweep";
import type { NodeSettings, RolloutRecord, TrunkRecord } from "./trunks";
import type { AttributionRecord, ControlVariateRecord, VarianceRecord } from "./variance";
import type { DensityRecord, ImageRecord, RefinementRecord, WatchedView } from "./watched";

export type RunState = "starting" | "running" | "paused" | "finished" | "stopped" | "failed";

export interface EvaluationRecord {
  readonly step: number;
  /** For example `test/elbo`; the value is a mean over examples. */
  readonly name: string;
  readonly value: number;
  readonly standardError: number;
  readonly samples: number;
}

/** Everything about one run that a view needs to draw itself from nothing. */
export interface RunSnapshot {
  readonly runId: string;
  readonly state: RunState;
  readonly model: string;
  /** Absolute path of the model file, and the export in it. */
  readonly file: string;
  readonly exportName: string;
  readonly objective: string;
  readonly estimator: string;
  readonly optimizer: string;
  readonly dataset: string | null;
  readonly backend: string;
  readonly seed: number;
  readonly batchSize: number;
  readonly step: number;
  /** Last step of the run; null when open-ended. */
  readonly steps: number | null;
  readonly epoch: number;
  readonly epochs: number | null;
  readonly stepsPerSecond: number | null;
  /** Share of the time since the last record that diagnostics took, 0 to 1. */
  readonly diagnosticsShare: number | null;
  /** [step, minimised batch-mean loss, nats]; thinned when long. */
  readonly loss: readonly (readonly [number, number])[];
  readonly evaluations: readonly EvaluationRecord[];
  readonly graph: ModelGraph;
  /** Oldest first; thinned when long. */
  readonly variance: readonly VarianceRecord[];
  readonly trunks: TrunkRecord | null;
  /** The newest measurement beside training; null where no node's estimator has a control variate. */
  readonly controlVariates?: ControlVariateRecord | null;
  /** Temperatures and weights that estimators have learned or moved by a schedule, as they are now. */
  readonly settings?: readonly NodeSettings[];
  /** What can be watched of this model under its estimators. */
  readonly views?: readonly WatchedView[];
  /** Newest measurements of what is measured while watched; null where the model has nothing of the kind. */
  readonly images?: ImageRecord | null;
  readonly densities?: DensityRecord | null;
  readonly refinement?: RefinementRecord | null;
  /** An average over the last measurements beside training; null with fewer than two nodes. */
  readonly attribution?: AttributionRecord | null;
  /** Steps at which the estimator was changed while running. */
  readonly changes: readonly { readonly step: number; readonly estimator: string }[];
  readonly runFolder: string | null;
  /** The last check of bias, if there was one. */
  readonly bias?: BiasRecord | null;
  /** Left out where checks beside training were never asked for. */
  readonly biasWatch?: BiasWatchRecord;
  readonly comparison?: ComparisonRecord | null;
  /** The newest measurement of MuProp's rollout, made while the trunks are in view. */
  readonly rollout?: RolloutRecord | null;
  /** The last sweep of each kind. */
  readonly sweeps?: readonly SweepRecord[];
  /** What the lints that look at parameters, baselines and measurements found last. */
  readonly lints?: LintReport | null;
  /** One sentence when state is "failed". */
  readonly message: string | null;
}

/** What happened since the last message; each field is appended to or replaces the snapshot's. */
export interface RunDelta {
  readonly runId: string;
  readonly sequence: number;
  /** Replace the snapshot's fields of the same name. */
  readonly fields: Partial<
    Pick<
      RunSnapshot,
      | "state"
      | "step"
      | "epoch"
      | "steps"
      | "epochs"
      | "estimator"
      | "stepsPerSecond"
      | "diagnosticsShare"
      | "graph"
      | "trunks"
      | "controlVariates"
      | "settings"
      | "views"
      | WatchedView
      | "attribution"
      | "bias"
      | "biasWatch"
      | "comparison"
      | "rollout"
      | "sweeps"
      | "lints"
      | "runFolder"
      | "message"
      | "backend"
    >
  >;
  /** Append. */
  readonly loss?: readonly (readonly [number, number])[];
  readonly evaluations?: readonly EvaluationRecord[];
  readonly variance?: readonly VarianceRecord[];
  readonly changes?: readonly { readonly step: number; readonly estimator: string }[];
}
