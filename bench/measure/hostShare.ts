import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mergeDeltas } from "../../core/protocol/applyDelta";
import type { RunDelta } from "../../core/protocol/snapshot";
import { EngineClient } from "../../extension/engineClient";
import { forkEngine } from "../../extension/forkEngine";
import { Session } from "../../extension/run/session";
import { Throttle } from "../../extension/throttle";

/** 200 parameters of four numbers each under one Bernoulli node. */
const wide = `
import { bernoulli, cost, defineModel, parameter, sample, tf } from "gradlens";
export default defineModel("wide", () => {
  const parts = Array.from({ length: 200 }, (_, i) => parameter("p" + i, [0.1, -0.2, 0.3, 0.01 * (i % 50)]));
  return {
    program() {
      const h = sample("h", bernoulli({ logits: tf.concat(parts, -1) }));
      cost("f", tf.square(tf.sub(tf.mean(h, -1), 0.45)));
    },
  };
}, { estimator: "lr-c" });
`;

export interface HostShare {
  /** Processor time of the host over the time that went by. */
  readonly share: number;
  readonly stepsPerSecond: number;
  readonly deltas: number;
}

/**
 * What a run of 200 parameters costs the process that holds the data of the window: the real client, session and throttle, the panels'
 * messages written as JSON as the editor does. The engine is a process of its own. Without the editor's own work.
 */
export async function hostShare(engine: string, seconds: number): Promise<HostShare> {
  const folder = mkdtempSync(join(tmpdir(), "gradlens-bench-"));
  const file = join(folder, "wide.ts");
  writeFileSync(file, wide);
  const quiet = { info: () => undefined, warn: () => undefined, error: (text: string) => console.error(text) };
  const client = new EngineClient({ fork: () => forkEngine({ script: engine }), log: quiet });
  const session = new Session(client);
  let waiting: RunDelta | undefined;
  let posted = 0;
  const throttle = new Throttle(100, () => {
    posted += JSON.stringify(waiting).length > 0 ? 1 : 0;
    waiting = undefined;
  });
  session.onDidDelta((delta) => {
    waiting = waiting ? mergeDeltas(waiting, delta) : delta;
    throttle.call();
  });
  try {
    await session.train({ file, backend: "wasm", steps: 10_000_000, runFolder: join(folder, "run") });
    await new Promise((next) => setTimeout(next, 3000));
    const [before, began, step, sent] = [process.cpuUsage(), performance.now(), session.snapshot!.step, posted];
    await new Promise((next) => setTimeout(next, seconds * 1000));
    const { user, system } = process.cpuUsage(before);
    const elapsedMs = performance.now() - began;
    return {
      share: (user + system) / 1000 / elapsedMs,
      stepsPerSecond: ((session.snapshot!.step - step) * 1000) / elapsedMs,
      deltas: posted - sent,
    };
  } finally {
    throttle.dispose();
    session.dispose();
    client.dispose();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
