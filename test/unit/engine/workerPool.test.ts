import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import type { Workers } from "../../../core/diagnostics/chunks/chunks";
import { attributeVariance } from "../../../core/diagnostics/attribution";
import { measurePathScoreSliced } from "../../../core/diagnostics/measurePathScore";
import { measureVarianceSliced } from "../../../core/diagnostics/measureVariance";
import { settle } from "../../../core/diagnostics/sliced";
import { evaluateLikelihood } from "../../../core/engine/evaluateLikelihood";
import { evaluateSplit } from "../../../core/engine/evaluateSplit";
import { type BiasMethod, measureBias } from "../../../core/engine/measureBias";
import { loadModelFile, pickModel } from "../../../core/engine/modelLoader";
import { WorkerPool } from "../../../core/engine/pool/workerPool";
import { guardAsync, type Overrides, prepare, type Prepared } from "../../../core/engine/prepare";
import { GradlensError } from "../../../core/errors";
import { Workspace } from "./support";

const workspace = new Workspace();
before(() => useBackend("wasm"));
after(() => workspace.remove());

/** A belief net whose text may do something else in a worker. */
const net = (turn = ""): string => `
import { isMainThread } from "node:worker_threads";
import { bernoulli, defineModel, dense, observe, parameter, sample, tf } from "gradlens";
import { units } from "./units";
let evaluations = 0;
export default defineModel("net", () => {
  const encode = dense("encode", 784, units);
  const decode = dense("decode", units, 784);
  const prior = parameter("prior", tf.zeros([units]));
  return {
    guide({ x }: { readonly x: tf.Tensor }) {
      evaluations++;
      ${turn}
      sample("h", bernoulli({ logits: encode(x) }));
    },
    model({ x }: { readonly x: tf.Tensor }) {
      const h = sample("h", bernoulli({ logits: prior }));
      observe("x", bernoulli({ logits: decode(h) }), x);
    },
  };
}, { data: "digits-binarized", batchSize: 8, estimator: "lr-c" });
`;

/** The same with a normal node in the bits' place: gradients then have a path and a score part. */
function withNormalNode(text: string): string {
  return text
    .replace("import { bernoulli, ", "import { bernoulli, normal, ")
    .replace("bernoulli({ logits: encode(x) })", "normal({ mean: encode(x), std: tf.ones([units]) })")
    .replace("bernoulli({ logits: prior })", "normal({ mean: prior, std: tf.ones([units]) })");
}

async function open(name: string, text: string, units = 8, overrides: Overrides = {}): Promise<Prepared> {
  writeFileSync(workspace.path("units.ts"), `export const units = ${units};\n`);
  const loaded = loadModelFile(workspace.model(name, text));
  return prepare(pickModel(loaded, undefined).definition, loaded.file, overrides);
}

async function bias(
  prepared: Prepared,
  method: BiasMethod,
  draws: number,
  workers?: Workers,
  onProgress?: () => void,
): Promise<unknown> {
  const data = prepared.batch(3);
  try {
    const work = measureBias(prepared, prepared, { data, numSamples: 1, step: 3, method, draws, workers });
    const { remaining: _, ...report } = await guardAsync(prepared.file, () => settle(work, onProgress)); // it holds a time
    return report;
  } finally {
    tf.dispose(Object.values(data));
  }
}

/** Does work with workers from the first chunk on, which this thread leaves the others to. */
async function withPool<T>(
  prepared: Prepared,
  size: number,
  work: (workers: Workers | undefined) => Promise<T>,
  backend = "wasm",
): Promise<T & { readonly pool: WorkerPool }> {
  const pool = new WorkerPool({ size, backend, helps: () => false, startPaysMs: 0 });
  try {
    return { ...(await work(pool.workersFor(prepared))), pool };
  } finally {
    pool.dispose();
  }
}

for (const backend of ["wasm", "tensorflow"]) {
  test(`on ${backend} enumeration, draws, variance, its parts and evaluations are the same to the bit with 0, 1 and 2 workers`, async (context) => {
    try {
      await useBackend(backend);
    } catch (error) {
      if (!(error instanceof GradlensError)) throw error;
      return context.skip(error.message);
    }
    try {
      await sameWithWorkers(backend);
    } finally {
      await useBackend("wasm");
    }
  });
}

async function sameWithWorkers(backend: string): Promise<void> {
  const prepared = await open("net", net());
  const sampled = await open("wide", net(), 17, { estimator: "lr-c" });
  const gaussian = await open("gaussian", withNormalNode(net()), 8, { estimator: "pathwise" });
  const { test: split } = prepared.dataset!;
  const draws = Math.ceil((3 * 2048) / prepared.batchSize); // several passes
  const all = async (size: number): Promise<{ readonly json: string; readonly delivered: readonly number[] }> => {
    const delivered: number[] = [];
    // One pool for all, as in an engine: its workers start once and are shown both models.
    const pool = new WorkerPool({ size, backend, helps: () => false, startPaysMs: 0 });
    const told = async (subject: Prepared, work: (workers?: Workers) => Promise<unknown>): Promise<unknown> => {
      const before = pool.delivered;
      const result = await work(pool.workersFor(subject));
      delivered.push(pool.delivered - before);
      assert.equal(pool.failures, 0);
      return result;
    };
    const data = prepared.batch(0);
    const { instance, structure, objective, specs, estimators, batchSize, seed } = prepared;
    const request = { instance, structure, objective, specs, estimators, batchSize, seed, data, step: 0 };
    try {
      const results = [
        await told(prepared, (workers) => bias(prepared, "enumerate", 0, workers)),
        await told(sampled, (workers) => bias(sampled, "sample", 100, workers)),
        await told(prepared, (workers) =>
          settle(
            measureVarianceSliced({
              ...{ ...request, workers, examples: batchSize, hasData: true, numSamples: 1, draws, elementsUpTo: 64 },
            }),
          ),
        ),
        await told(prepared, (workers) => settle(attributeVariance({ ...request, workers, numSamples: 1, draws: 70 }))),
        await told(gaussian, (workers) => {
          const { instance, structure, objective, specs, estimators } = gaussian;
          const subject = { ...request, instance, structure, objective, specs, estimators, workers };
          return settle(measurePathScoreSliced({ ...subject, examples: batchSize, numSamples: 1, draws: 6 }));
        }),
        await told(prepared, (workers) => evaluateLikelihood(prepared, "test", split, 0, 7, 50, () => false, workers)),
        await told(prepared, (workers) => evaluateSplit(prepared, "test", split, 0, 60, 90, () => false, workers)),
      ];
      return { json: JSON.stringify(results), delivered };
    } finally {
      pool.dispose();
      tf.dispose(Object.values(data));
    }
  };
  const tensors = tf.memory().numTensors;
  const alone = await all(0);
  assert.equal(tf.memory().numTensors, tensors);
  for (const size of [1, 2]) {
    const shared = await all(size);
    assert.ok(shared.json === alone.json, `${size} workers find other numbers`);
    assert.ok(
      shared.delivered.every((chunks) => chunks > 0),
      `chunks of workers: ${shared.delivered.join(", ")}`,
    );
  }
  assert.equal(tf.memory().numTensors, tensors);
  prepared.dispose();
  sampled.dispose();
  gaussian.dispose();
}

test("a worker process of TensorFlow's library that is killed leaves its chunks to this engine, and the answer is the same", async (context) => {
  try {
    await useBackend("tensorflow");
  } catch (error) {
    if (!(error instanceof GradlensError)) throw error;
    return context.skip(error.message);
  }
  const turn = 'if (/worker\\.[jt]s$/.test(process.argv[1]!) && evaluations > 4) process.kill(process.pid, "SIGKILL");';
  const prepared = await open("net", net(turn));
  const alone = await bias(prepared, "sample", 200);
  const shared = async (workers: Workers | undefined): Promise<{ readonly report: unknown }> => ({
    report: await bias(prepared, "sample", 200, workers),
  });
  const { report, pool } = await withPool(prepared, 1, shared, "tensorflow");
  assert.deepEqual(report, alone);
  assert.deepEqual([pool.failures, pool.size], [1, 0]);
  prepared.dispose();
  await useBackend("wasm");
});

for (const [what, turn] of [
  ["ends", "if (!isMainThread && evaluations > 4) process.exit(3);"],
  ["throws", 'if (!isMainThread && evaluations > 4) throw new Error("only here");'],
  ["cannot make the model", 'if (!isMainThread) throw new Error("not here");'],
] as const) {
  test(`a worker that ${what} leaves its chunks to this engine, and the answer is the same`, async () => {
    const prepared = await open("net", net(turn));
    const alone = await bias(prepared, "sample", 200);
    const { report, pool } = await withPool(prepared, 2, async (workers) => ({
      report: await bias(prepared, "sample", 200, workers),
    }));
    assert.deepEqual(report, alone);
    assert.equal(pool.failures, 2);
    assert.equal(pool.size, 0);
    prepared.dispose();
  });
}

test("text that throws here, too, is told at its line", async () => {
  const turn = 'if (!isMainThread || "failing" in globalThis) throw new Error("enough");';
  const prepared = await open("net", net(turn));
  // Chunks that are computed before a worker fails go well.
  const fail = (): void => void Object.assign(globalThis, { failing: true });
  const failing = withPool(prepared, 1, async (workers) => ({
    report: await bias(prepared, "sample", 200, workers, fail),
  }));
  await assert.rejects(failing, /net\.ts:13: the model threw enough/);
  prepared.dispose();
});

test("workers take the text as it was loaded, whatever has become of the files", async () => {
  const prepared = await open("changing", net());
  const alone = await bias(prepared, "sample", 100);
  writeFileSync(workspace.path("units.ts"), "export const units = 3;\n");
  writeFileSync(workspace.path("changing.ts"), "no model any more");
  const { report, pool } = await withPool(prepared, 1, async (workers) => ({
    report: await bias(prepared, "sample", 100, workers),
  }));
  assert.deepEqual(report, alone);
  assert.equal(pool.failures, 0);
  assert.ok(pool.delivered > 0);
  prepared.dispose();
});

test("little work starts no workers", async () => {
  const prepared = await open("net", net());
  const pool = new WorkerPool({ size: 2, backend: "wasm", startPaysMs: Infinity });
  await bias(prepared, "sample", 40, pool.workersFor(prepared));
  assert.equal(pool.size, 0);
  pool.dispose();
  prepared.dispose();
});
