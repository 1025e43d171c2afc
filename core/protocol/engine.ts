/** Messages between the editor (or the command line) and the engine process. Versioned; every request gets one answer. */
import type { CheckOutcome, CheckTest, ListedChecks } from "./checks";
import type {
  BreakpointText,
  DebugConfiguration,
  DebugEstimate,
  DebugOptions,
  DebugReplay,
  DebugStop,
  DebugVariable,
} from "./debug";
import type { FileLints, LintFinding, LintFix } from "./lints";
import type { ReportFormat } from "./report";
import type { BiasRecord } from "./bias";
import type { ComparisonRecord } from "./comparison";
import type { ModelGraph } from "./graph";
import type { RunDelta, RunSnapshot } from "./snapshot";
import type { SourceLocation } from "./source";
import type { SweepOver, SweepRecord } from "./sweep";
import type { RolloutRecord, TrunkRecord } from "./trunks";
import type { WatchedView } from "./watched";

/** Changes when a message changes its meaning. Engine and client of different versions refuse each other. */
export const protocolVersion = 1;

export interface EngineError {
  /** For example `GL1203`. */
  readonly code: string;
  /** One sentence that names the thing, the expected and the found, and a next step. */
  readonly message: string;
  /** Line of the model file that it concerns. */
  readonly source?: SourceLocation;
}

export interface BackendStatus {
  readonly id: string;
  readonly title: string;
  readonly available: boolean;
  /** Why it was refused, or what it runs on. */
  readonly reason: string;
  /** False when it was not tried at all, and so neither works nor was refused. */
  readonly tried?: boolean;
}

/** One line of a registry: what a quick pick, a table or a hover needs. */
export interface RegistryEntry {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Estimators: when the estimate is unbiased, in words. */
  readonly unbiased?: string;
  /** Estimators: authors, year, equation. */
  readonly reference?: string;
  /** Estimators: distributions served. Data sets: whether files are needed. */
  readonly serves?: readonly string[];
}

export interface Registries {
  readonly estimators: readonly RegistryEntry[];
  readonly objectives: readonly RegistryEntry[];
  readonly distributions: readonly RegistryEntry[];
  readonly datasets: readonly RegistryEntry[];
  readonly optimizers: readonly RegistryEntry[];
}

/** A model export of a file, as far as its text tells. */
export interface ModelDescription {
  readonly exportName: string;
  readonly name: string;
  readonly objective: string;
  readonly estimator: string;
  readonly dataset: string | null;
  readonly batchSize: number;
  readonly parameters: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly source?: SourceLocation;
  }[];
  readonly graph: ModelGraph;
  /** Why the model cannot be built, in one sentence; its parameters and graph are then empty. */
  readonly problem?: string;
}

export interface TrainRequest {
  readonly file: string;
  readonly exportName?: string;
  readonly estimator?: string;
  readonly objective?: string;
  readonly dataset?: string;
  readonly dataFolder?: string;
  readonly backend?: string;
  /** Back ends that `auto` leaves out: they died under this run. */
  readonly without?: readonly string[];
  /** The engine ends at a step boundary, after a checkpoint, once its resident memory is above this. */
  readonly memoryLimitBytes?: number;
  readonly seed?: number;
  readonly batchSize?: number;
  readonly samples?: number;
  readonly steps?: number;
  readonly epochs?: number;
  readonly learningRate?: number;
  readonly runFolder?: string;
  /** Run folder to resume from its last checkpoint. */
  readonly resume?: string;
  /** Steps between variance records; 0 turns diagnostics off, null lets the budget choose. */
  readonly diagnosticsInterval?: number | null;
  /** Share of step time that diagnostics may take, 0 to 1. */
  readonly diagnosticsBudget?: number;
  /** Checks of bias beside training, within the budget: one after the other, or at the parameters after these steps; none when left out. */
  readonly biasChecks?: "continuous" | readonly number[];
  /** A debug session: the run stops where this says. */
  readonly debug?: DebugOptions;
  /** Importance samples of every test example when the run ends, for `test/log-likelihood`; none when left out. */
  readonly likelihoodSamples?: number;
}

/** What a check looks at: the engine's run at its current step, a model file as it begins, or a run folder's last checkpoint. */
export type CheckTarget =
  | { readonly kind: "run"; readonly runId: string }
  | {
      readonly kind: "file";
      readonly file: string;
      readonly exportName?: string;
      readonly dataFolder?: string;
      readonly backend?: string;
    }
  | { readonly kind: "folder"; readonly runFolder: string; readonly backend?: string };

export interface BiasRequest {
  readonly target: CheckTarget;
  /** Another estimator than the target's own. */
  readonly estimator?: string;
  /** Estimates drawn where the states cannot be enumerated; 2000 unless said. */
  readonly draws?: number;
  readonly margin?: number;
}

export interface CompareRequest {
  readonly target: CheckTarget;
  /** All that serve the model when left out. */
  readonly estimators?: readonly string[];
  readonly draws?: number;
  readonly biasDraws?: number;
  /** Training steps for which control variates learn first, the parameters standing still; 100 unless said. */
  readonly warmUp?: number;
}

export interface SweepRequest {
  readonly target: CheckTarget;
  /** Another estimator than the target's own, whose option is varied. */
  readonly estimator?: string;
  readonly over: SweepOver;
  readonly values?: readonly number[];
  /** Estimates at each value, where they are drawn. */
  readonly draws?: number;
}

export interface RolloutRequest {
  readonly target: CheckTarget;
  /** Estimates of every example's gradient; at least 2, an even number. */
  readonly draws?: number;
}

/** A kind of sweep that a target allows, or the reason why it does not. */
export interface PossibleSweep {
  readonly id: SweepOver;
  readonly title: string;
  readonly summary: string;
  /** The estimators to sweep with where the target's own have nothing to vary; null where they have. */
  readonly estimator: string | null;
  readonly refusal: string | null;
}

/** A check's result, and a snapshot that shows it: the run's, or one made for a model that is not being trained. */
export interface CheckResult<T> {
  readonly record: T;
  readonly snapshot: RunSnapshot;
}

export interface EngineStatus {
  readonly processId: number;
  readonly node: string;
  readonly backend: string | null;
  readonly backends: readonly BackendStatus[];
  readonly tensors: number;
  readonly tensorBytes: number;
  readonly residentBytes: number;
  readonly uptimeMs: number;
  readonly runId: string | null;
}

/** Every request: what goes in and what comes back. */
export interface EngineMethods {
  hello: {
    params: { readonly protocolVersion: number };
    result: { readonly protocolVersion: number; readonly processId: number; readonly version: string };
  };
  registries: { params: Record<string, never>; result: Registries };
  describe: {
    params: { readonly file: string; readonly dataFolder?: string };
    result: { readonly models: readonly ModelDescription[] };
  };
  train: { params: TrainRequest; result: RunSnapshot };
  pause: { params: { readonly runId: string }; result: RunSnapshot };
  resume: { params: { readonly runId: string }; result: RunSnapshot };
  stop: { params: { readonly runId: string }; result: RunSnapshot };
  setEstimator: { params: { readonly runId: string; readonly estimator: string }; result: RunSnapshot };
  snapshot: { params: { readonly runId: string }; result: RunSnapshot };
  trunks: {
    params: { readonly runId: string; readonly example: number; readonly samples?: number };
    result: TrunkRecord;
  };
  /** Begins or ends checks of bias that go on beside training, one after the other. */
  watchBias: { params: { readonly runId: string; readonly on: boolean }; result: RunSnapshot };
  /** What is looked at from now on; measurements come as deltas. */
  watch: { params: { readonly runId: string; readonly views: readonly WatchedView[] }; result: null };
  /** Sends `progress` events while it goes on. */
  bias: { params: BiasRequest; result: CheckResult<BiasRecord> };
  /** Sends `progress` events while it goes on. */
  compare: { params: CompareRequest; result: CheckResult<ComparisonRecord> };
  /** Sends `progress` events while it goes on. */
  sweep: { params: SweepRequest; result: CheckResult<SweepRecord> };
  /** What MuProp's rollout would do to the variance at a target's parameters. Sends `progress` events while it goes on. */
  rollout: { params: RolloutRequest; result: CheckResult<RolloutRecord> };
  /** What can be swept over in a target, with the estimator it trains with. */
  sweeps: {
    params: { readonly target: CheckTarget };
    result: { readonly sweeps: readonly PossibleSweep[]; readonly driving: string };
  };
  /** Lints that judge by the text of a model file. */
  lint: {
    params: { readonly file: string; readonly dataFolder?: string };
    result: FileLints;
  };
  /** Edits of a model file's text that do away with a finding. */
  lintFixes: {
    params: { readonly file: string; readonly text: string; readonly finding: LintFinding };
    result: { readonly fixes: readonly LintFix[] };
  };
  /** A run folder's diagnosis as the text of one file. */
  report: {
    params: { readonly runFolder: string; readonly format: ReportFormat };
    result: { readonly text: string };
  };
  /** Estimators that serve every node of a target. */
  serving: {
    params: { readonly target: CheckTarget };
    result: { readonly estimators: readonly RegistryEntry[]; readonly driving: string };
  };
  /** The tests that a checks file makes. */
  checks: {
    params: { readonly file: string; readonly dataFolder?: string; readonly backend?: string };
    result: ListedChecks;
  };
  /** Makes one test; sends `progress` events while it goes on. `snapshot` shows its bias, if it found one. */
  runCheck: {
    params: { readonly test: CheckTest; readonly backend?: string };
    result: { readonly outcome: CheckOutcome; readonly snapshot: RunSnapshot | null };
  };
  /** Lets a debugged run go on: to the next stop, or for one step. */
  debugGo: { params: { readonly runId: string; readonly step: boolean }; result: null };
  debugConfigure: { params: { readonly runId: string; readonly configuration: DebugConfiguration }; result: null };
  debugEstimate: { params: { readonly runId: string }; result: DebugEstimate };
  debugVariables: {
    params: {
      readonly runId: string;
      readonly path: readonly string[];
      readonly start?: number;
      readonly count?: number;
    };
    result: readonly DebugVariable[];
  };
  debugEvaluate: { params: { readonly runId: string; readonly expression: string }; result: DebugVariable };
  /** What is wrong with conditions and log messages, in one sentence each; null where they can be read. */
  debugProblems: {
    params: { readonly texts: readonly BreakpointText[] };
    result: { readonly problems: readonly (string | null)[] };
  };
  /** What watch expressions may name. */
  debugNames: { params: { readonly runId: string }; result: readonly string[] };
  debugReplay: { params: { readonly runId: string; readonly estimator: string }; result: DebugReplay };
  status: { params: Record<string, never>; result: EngineStatus };
  shutdown: { params: Record<string, never>; result: null };
}

export type EngineMethod = keyof EngineMethods;

export interface EngineRequest<M extends EngineMethod = EngineMethod> {
  readonly type: "request";
  readonly id: number;
  readonly method: M;
  readonly params: EngineMethods[M]["params"];
}

export interface EngineCancel {
  readonly type: "cancel";
  readonly id: number;
}

export type EngineResponse =
  | { readonly type: "response"; readonly id: number; readonly result: unknown }
  | { readonly type: "response"; readonly id: number; readonly error: EngineError };

/** Sent by the engine without being asked; `sequence` grows by one per event. */
export type EngineEvent =
  | { readonly type: "event"; readonly sequence: number; readonly name: "delta"; readonly delta: RunDelta }
  | { readonly type: "event"; readonly sequence: number; readonly name: "stopped"; readonly stop: DebugStop }
  /** A line for the debug console. */
  | { readonly type: "event"; readonly sequence: number; readonly name: "print"; readonly text: string }
  /** How far the request of that id is, 0 to 1, and with what. */
  | {
      readonly type: "event";
      readonly sequence: number;
      readonly name: "progress";
      readonly id: number;
      readonly share: number;
      readonly text: string;
    }
  | {
      readonly type: "event";
      readonly sequence: number;
      readonly name: "log";
      readonly level: "info" | "warn" | "error";
      readonly text: string;
    };

export type ToEngine = EngineRequest | EngineCancel;
export type FromEngine = EngineResponse | EngineEvent;
