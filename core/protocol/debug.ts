/** What a debug session and the engine say to each other. */
import type { SourceLocation } from "./source";

/** A line at which a node or parameter is declared. */
export interface DebugBreakpoint {
  readonly id: number;
  readonly kind: "node" | "parameter";
  readonly name: string;
  /** An expression; the run stops where it is true. */
  readonly condition?: string;
  /** Stops at this hit and every later one. */
  readonly hits?: number;
  /** Printed instead of stopping; expressions stand in braces. */
  readonly logMessage?: string;
}

/** Alarms that a session may stop at. */
export const debugFilters = ["non-finite", "variance-spike", "sign-flip"] as const;

export type DebugFilter = (typeof debugFilters)[number];

export interface DebugConfiguration {
  readonly breakpoints: readonly DebugBreakpoint[];
  readonly filters: readonly DebugFilter[];
  /** W, steps that alarms compare with. */
  readonly spikeWindow: number;
}

export interface DebugOptions extends DebugConfiguration {
  readonly stopOnEntry: boolean;
}

/** Why a run stands still. The estimate of `step` is drawn, its update not made. */
export interface DebugStop {
  readonly runId: string;
  readonly step: number;
  readonly reason: "entry" | "step" | "pause" | "breakpoint" | "exception";
  readonly text: string | null;
  readonly breakpoints: readonly number[];
  /** The node or parameter at which it stands. */
  readonly at: Pick<DebugBreakpoint, "kind" | "name"> | null;
}

/** Terms of an estimate at one node, in their order. */
export type DebugStage =
  | "inference"
  | "sample"
  | "meanField"
  | "logProb"
  | "credit"
  | "signal"
  | "controlVariate"
  | "correction"
  | "contribution";

/** The terms of an estimate in order. */
export interface DebugEstimate {
  readonly step: number;
  readonly nodes: readonly {
    readonly node: string;
    readonly source?: SourceLocation;
    readonly stages: readonly DebugStage[];
  }[];
}

/** A row of the Variables view. */
export interface DebugVariable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  /** Where its children are asked for; none when left out. */
  readonly path?: readonly string[];
  /** Elements of a tensor. */
  readonly indexed?: number;
  /** The same value in the language of watch expressions. */
  readonly expression?: string;
}

/** Two estimators on the same step, from the same keys. */
export interface DebugReplay {
  readonly step: number;
  readonly estimators: readonly [string, string];
  readonly parameters: readonly {
    readonly name: string;
    readonly norms: readonly [number, number];
    /** Between the two estimates; null where one is zero. */
    readonly cosine: number | null;
    /** Monte Carlo variance of each; null when unknown. */
    readonly variances: readonly [number | null, number | null];
  }[];
}

/** What a person wrote beside a breakpoint. */
export type BreakpointText = Pick<DebugBreakpoint, "condition" | "logMessage">;
