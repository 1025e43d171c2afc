import type { EngineMethod, EngineMethods, TrainRequest } from "../../core/protocol/engine";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { EngineClient } from "../engineClient";
import type { Localizer } from "./localizer";

/** What the adapter works with: the engine, the window's way to start a run, and the editor's language. */
export interface DebugHost {
  readonly client: Pick<EngineClient, "request" | "onEvent" | "onCrash">;
  train(request: TrainRequest): Promise<RunSnapshot>;
  readonly l10n: Localizer;
}

/** Asks the engine. */
export type Ask = <M extends EngineMethod>(
  method: M,
  params: EngineMethods[M]["params"],
) => Promise<EngineMethods[M]["result"]>;
