import { EngineServer } from "../../../core/engine/server";
import type { EngineError, EngineMethod, EngineMethods, FromEngine } from "../../../core/protocol/engine";

const harnesses: Harness[] = [];

/** Ends the servers of a test. */
export async function shutDown(): Promise<void> {
  for (const { ask } of harnesses.splice(0)) await ask("shutdown", {});
}

export interface Harness {
  readonly messages: FromEngine[];
  /** Those of the messages that are events, as they come. */
  readonly events: Extract<FromEngine, { type: "event" }>[];
  ask<M extends EngineMethod>(method: M, params: EngineMethods[M]["params"]): Promise<EngineMethods[M]["result"]>;
  cancelLast(): void;
}

/** A server in this process; requests are answered through its messages, copied as between processes. */
export function engine(): Harness {
  const messages: FromEngine[] = [];
  const events: Harness["events"] = [];
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: EngineError) => void }>();
  const server = new EngineServer(
    (message) => {
      const copy = structuredClone(message);
      messages.push(copy);
      if (copy.type === "event") events.push(copy);
      if (copy.type !== "response") return;
      const { resolve, reject } = waiting.get(copy.id)!;
      if ("error" in copy) reject(copy.error);
      else resolve(copy.result as never);
    },
    "0.0.0",
    () => undefined,
  );
  let last = 0;
  const harness: Harness = {
    messages,
    events,
    ask(method, params) {
      const id = ++last;
      const answer = new Promise<never>((resolve, reject) => waiting.set(id, { resolve, reject }));
      void server.receive({ type: "request", id, method, params });
      return answer;
    },
    cancelLast: () => void server.receive({ type: "cancel", id: last }),
  };
  harnesses.push(harness);
  return harness;
}
