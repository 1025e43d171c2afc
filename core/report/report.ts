import type { LintReport } from "../protocol/lints";
import type { BiasRecord } from "../protocol/bias";
import type { ComparisonRecord } from "../protocol/comparison";
import type { EvaluationRecord, RunState } from "../protocol/snapshot";
import type { SourceLocation } from "../protocol/source";
import type { SweepRecord } from "../protocol/sweep";
import type { RolloutRecord, TrunkExpansion, TrunkLayer, TrunkRecord } from "../protocol/trunks";
import type { AttributionRecord, ControlVariateRecord, VarianceRecord } from "../protocol/variance";

/** Changes when a field of the report changes its meaning; fields that are new do not change it. */
export const reportVersion = 1;

/** What computed a part of a run. */
export interface Versions {
  readonly gradlens: string;
  readonly node: string;
  readonly tensorflow: string;
}

/** One start of a run: the first, or one that went on from a checkpoint. */
export interface RunStart {
  readonly step: number;
  readonly backend: string | null;
  /** Null for runs of a version that did not write them down. */
  readonly versions: Versions | null;
}

/** What tells a run from others: what was trained, how, on what. */
export interface RunSettings {
  readonly runId: string;
  readonly model: string;
  readonly file: string;
  readonly exportName: string;
  readonly objective: string;
  /** The estimator at the start. */
  readonly estimator: string;
  readonly optimizer: Readonly<Record<string, unknown>>;
  readonly dataset: string | null;
  readonly batchSize: number;
  readonly samples: number;
  readonly seed: number;
  /** What was asked for. */
  readonly steps: number | null;
  readonly epochs: number | null;
  readonly startedAt: string;
}

export interface ReportedRun extends RunSettings {
  readonly folder: string;
  /** `unfinished`: the log has no end; the run goes on, or its engine ended under it. */
  readonly state: Extract<RunState, "finished" | "stopped" | "failed"> | "unfinished";
  /** Why it failed, in one sentence. */
  readonly message: string | null;
  /** Last step that the log has. */
  readonly step: number;
  readonly starts: readonly RunStart[];
}

export interface ReportedParameter {
  readonly name: string;
  /** Null where neither the manifest nor a checkpoint tells. */
  readonly shape: readonly number[] | null;
  readonly source?: SourceLocation;
}

export interface ReportedCheckpoint {
  readonly file: string;
  readonly step: number;
  readonly bytes: number;
}

/** Trunks of one example without what every unit holds. */
export interface ReportedTrunks extends Pick<
  TrunkRecord,
  "step" | "example" | "samples" | "meanFieldLoss" | "sampledLoss" | "sampledLossStandardError"
> {
  readonly layers: readonly (Pick<TrunkLayer, "node" | "distribution" | "shape" | "distance" | "distanceNoise"> & {
    readonly expansion?: Pick<
      TrunkExpansion,
      "meanFieldCost" | "cost" | "costDeviation" | "residual" | "residualDeviation" | "explained"
    >;
  })[];
}

/** A run's diagnosis: all that its folder tells, in full. `report --format json` prints it. */
export interface Report {
  readonly kind: "gradlens-report";
  readonly version: typeof reportVersion;
  readonly run: ReportedRun;
  readonly parameters: readonly ReportedParameter[];
  /** [step, minimised batch-mean loss, nats]. */
  readonly loss: readonly (readonly [number, number])[];
  readonly evaluations: readonly EvaluationRecord[];
  readonly variance: readonly VarianceRecord[];
  readonly attribution: readonly AttributionRecord[];
  readonly controlVariates: readonly ControlVariateRecord[];
  /** Estimators after the first. */
  readonly changes: readonly { readonly step: number; readonly estimator: string }[];
  /** Every check that was made of the run, in the editor or at its checkpoint by the command line, oldest first. */
  readonly bias: readonly BiasRecord[];
  /** Checks that were made beside training, one after the other. */
  readonly biasChecks: readonly BiasRecord[];
  readonly comparisons: readonly ComparisonRecord[];
  readonly sweeps: readonly SweepRecord[];
  readonly trunks: readonly ReportedTrunks[];
  readonly rollouts: readonly RolloutRecord[];
  /** The last look at the lints that judge by training; null when there was none. */
  readonly lints: LintReport | null;
  readonly checkpoints: readonly ReportedCheckpoint[];
  /** The model file's text when the run began. */
  readonly modelText: string;
}
