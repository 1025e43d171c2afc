import type { RunSnapshot } from "../core/protocol/snapshot";
import type { EngineState, ToWebview } from "../core/protocol/webview";
import { applyDelta, continues } from "./applyDelta";

/** What the host last told. */
export interface HostState {
  readonly hydrated: boolean;
  readonly engine: EngineState;
  readonly engineMessage: string | null;
  readonly snapshot: RunSnapshot | null;
  /** Sequence of the last delta in `snapshot`; null when the host did not say. */
  readonly sequence: number | null;
  /** Set when a delta was missed: the host must be asked for everything again. */
  readonly stale: boolean;
}

export const initialHostState: HostState = {
  hydrated: false,
  engine: "stopped",
  engineMessage: null,
  snapshot: null,
  sequence: null,
  stale: false,
};

/** The state after a message. Pure. Deltas that come while stale are dropped; `hydrate` ends that. */
export function receive(state: HostState, message: ToWebview): HostState {
  switch (message.type) {
    case "hydrate":
      return {
        hydrated: true,
        engine: message.engine,
        engineMessage: message.engine === "failed" ? state.engineMessage : null,
        snapshot: message.snapshot,
        sequence: message.sequence ?? null,
        stale: false,
      };
    case "engine":
      return { ...state, engine: message.engine, engineMessage: message.message };
    case "delta":
      if (!state.hydrated || state.stale) return state;
      if (state.sequence !== null && message.delta.runId === state.snapshot?.runId && message.delta.sequence <= state.sequence) {
        return state;
      }
      if (state.snapshot === null || !continues(state.snapshot, state.sequence, message.delta)) return { ...state, stale: true };
      return { ...state, snapshot: applyDelta(state.snapshot, message.delta), sequence: message.delta.sequence };
    case "select":
      return state;
  }
}
