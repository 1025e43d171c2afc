import { applyDelta } from "../core/protocol/applyDelta";
import type { RunDelta, RunSnapshot } from "../core/protocol/snapshot";
import type { EngineState, ToWebview } from "../core/protocol/webview";

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
      return takeDelta(state, message.delta);
    case "select":
    case "scrollTo":
      return state;
  }
}

function takeDelta(state: HostState, delta: RunDelta): HostState {
  const { snapshot, sequence } = state;
  if (snapshot === null || delta.runId !== snapshot.runId) return { ...state, stale: true };
  if (sequence !== null && delta.sequence <= sequence) return state;
  if (sequence !== null && delta.sequence !== sequence + 1) return { ...state, stale: true };
  return { ...state, snapshot: applyDelta(snapshot, delta), sequence: delta.sequence };
}
