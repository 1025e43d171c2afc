import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useBackend } from "../../../core/backends/registry";
import type { TrainingRun } from "../../../core/engine/run";
import { readCheckpoint } from "../../../core/engine/runFolder";
import { startRun } from "../../../core/engine/startRun";
import type { TrainRequest } from "../../../core/protocol/engine";
import type { RunDelta } from "../../../core/protocol/snapshot";

/** A folder of its own for one test file, with model files in it. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), "gradlens-test-"));

  /** Writes a model file and gives its path. */
  model(name: string, text: string): string {
    const file = join(this.folder, `${name}.ts`);
    writeFileSync(file, text);
    return file;
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A run on the `cpu` back end, without diagnostics unless asked for. */
export async function start(
  request: TrainRequest,
  onDelta: (delta: RunDelta) => void = () => undefined,
): Promise<TrainingRun> {
  const { id } = await useBackend(request.backend ?? "cpu");
  return startRun(
    { diagnosticsInterval: 0, ...request },
    { backend: id, folderByDefault: false, onDelta, finalEvaluationExamples: 50 },
  );
}

/** A run folder's newest checkpoint as bytes by tensor: parameters, optimizer moments, baselines. */
export function checkpointBytes(folder: string): Record<string, string> {
  const { tensors, metadata } = readCheckpoint(folder);
  const bytes = Object.entries(tensors).map(([name, { values }]) => [
    name,
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex"),
  ]);
  return { step: metadata["step"] ?? "", ...Object.fromEntries(bytes) };
}

/** Two Bernoulli layers under a cost that is not quadratic; the second has an input for an input-dependent baseline. */
export const twoLayerModel = (options: string): string => `
import { bernoulli, cost, defineModel, dense, parameter, sample, tf } from "gradlens";

export default defineModel("two-layers", () => {
  const prior = parameter("prior", [0.6, -0.9, 0.2]);
  const head = dense("head", 3, 2);
  return {
    program() {
      const h = sample("h", bernoulli({ logits: prior }));
      const y = sample("y", bernoulli({ logits: head(h) }));
      cost("f", tf.add(tf.exp(tf.sum(y, -1)), tf.sum(tf.square(tf.sub(h, 0.45)), -1)));
    },
  };
}, ${options});
`;

/** A model is traced once when it is prepared, and looked at three times. */
const PREPARED = 4;

/** A model whose cost takes a turn at the n-th evaluation after it was prepared. */
export const turningModel = (at: number, turn: string): string => `
import { bernoulli, cost, defineModel, parameter, sample, tf } from "gradlens";
let evaluations = 0;
export default defineModel("turning", () => {
  const theta = parameter("theta", [0.3]);
  return {
    program() {
      const b = sample("b", bernoulli({ logits: theta }));
      const f = tf.sum(tf.square(tf.sub(b, 0.45)), -1);
      evaluations++;
      ${turn.replace("NOW", `evaluations > ${at + PREPARED}`)}
    },
  };
}, { estimator: "lr" });
`;
