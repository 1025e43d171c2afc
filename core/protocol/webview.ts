/** Messages between the editor's side and the panels. The host owns all data; a view hydrates once and then takes deltas. */
import type { RunDelta, RunSnapshot } from "./snapshot";
import type { SourceLocation } from "./source";
import type { WatchedView } from "./watched";

/** State of the engine as the status bar and the panels' empty state show it. */
export type EngineState = "stopped" | "starting" | "ready" | "failed";

export type ToWebview =
  /**
   * Replaces everything; `snapshot` null when no run exists yet. `sequence` is that of the last delta in the snapshot: with it a
   * view drops deltas that it has and notices one that it missed, and sends `ready` again.
   */
  | {
      readonly type: "hydrate";
      readonly engine: EngineState;
      readonly snapshot: RunSnapshot | null;
      readonly strings: Readonly<Record<string, string>>;
      readonly sequence?: number;
    }
  | { readonly type: "engine"; readonly engine: EngineState; readonly message: string | null }
  | { readonly type: "delta"; readonly delta: RunDelta }
  /** The user asked for a parameter elsewhere (tree, CodeLens): select it and scroll to it. */
  | { readonly type: "select"; readonly parameter: string }
  /** A panel has something new that was asked for: scroll to it. */
  | { readonly type: "scrollTo"; readonly panel: string };

/** A rollout is a long measurement that the host asks for; the others are short and the engine's. */
export type PanelView = WatchedView | "rollout";

export type FromWebview =
  | { readonly type: "ready" }
  | { readonly type: "reveal"; readonly source: SourceLocation }
  | { readonly type: "trunks"; readonly example: number }
  /** What the panels on the screen show of what costs time, and so is measured only for those who look. */
  | { readonly type: "watch"; readonly views: readonly PanelView[] }
  /** Trains on with another estimator from the next step. */
  | { readonly type: "setEstimator"; readonly estimator: string }
  /** One of the commands a panel offers, by id without the prefix: `train`, `pause`, `resume`, `stop`, `changeEstimator`, `checkBias`, `compareEstimators`, `showLog`. */
  | { readonly type: "command"; readonly command: string }
  | { readonly type: "export"; readonly name: string; readonly format: "svg" | "csv" | "json"; readonly text: string };
