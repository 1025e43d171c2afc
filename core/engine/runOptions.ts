import type { DebugOptions } from "../protocol/debug";
import type { EngineExit } from "../protocol/engineExit";
import type { RunDelta } from "../protocol/snapshot";
import type { DebugEvents } from "./debug/stepDebugger";
import type { Prepared } from "./prepare";
import type { readCheckpoint, RunManifest } from "./runFolder";

export interface RunOptions {
  readonly prepared: Prepared;
  readonly exportName: string;
  readonly backend: string;
  /** Null: until stopped. */
  readonly steps: number | null;
  readonly epochs: number | null;
  readonly learningRate?: number;
  readonly dataFolder: string | null;
  /** Where a new run writes, given its id; null: nowhere. */
  readonly runFolder: string | ((runId: string) => string) | null;
  readonly diagnosticsInterval: number | null;
  readonly diagnosticsBudget: number;
  /** Checks of bias beside training: one after the other, or at the parameters after these steps. */
  readonly biasChecks?: "continuous" | readonly number[];
  /** Examples of the validation and test sets used after an epoch; all when the run ends. */
  readonly evaluationExamples: number;
  readonly finalEvaluationExamples: number;
  /** K of the test likelihood when the run ends; none when left out. */
  readonly likelihoodSamples?: number;
  /** Engines that share the evaluations when the run ends; none beside this one when left out. */
  readonly workers?: number;
  /** Continue from this checkpoint, in the folder it lies in. */
  readonly resume?: {
    readonly folder: string;
    readonly manifest: RunManifest;
    readonly checkpoint: ReturnType<typeof readCheckpoint>;
  };
  /** Stops, steps and looks at single estimates. */
  readonly debug?: DebugOptions & DebugEvents;
  /** The run goes on in a fresh process above this much resident memory; no limit when left out. */
  readonly memoryLimitBytes?: number;
  /** Ends what holds memory and can be done without, before that; false when nothing is left. */
  readonly giveWay?: () => boolean;
  /**
   * Ends the process with that status, so that the run goes on in a fresh one from its last checkpoint. Without it the run fails where the
   * back end does, and no memory limit holds.
   */
  readonly abandon?: (status: EngineExit, reason: string) => void;
  readonly onDelta: (delta: RunDelta) => void;
}
