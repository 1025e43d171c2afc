import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { finish } from "../../../core/diagnostics/sliced";
import { compareEstimators } from "../../../core/engine/compareEstimators";
import { loadModelFile, pickModel } from "../../../core/engine/modelLoader";
import { type Overrides, prepare } from "../../../core/engine/prepare";
import type { ComparedEstimator } from "../../../core/protocol/comparison";

const file = join(__dirname, "../../fixtures/models/beliefNet.ts");

async function compared(
  ids: readonly string[],
  { warmUp = 0, ...overrides }: Overrides & { readonly warmUp?: number } = {},
  failed: (id: string, error: unknown) => void = (_, error) => {
    throw error;
  },
): Promise<readonly ComparedEstimator[]> {
  await useBackend("wasm");
  const tensors = tf.memory().numTensors;
  const loaded = loadModelFile(file);
  const prepared = await prepare(pickModel(loaded, undefined).definition, loaded.file, { batchSize: 4, ...overrides });
  const data = prepared.batch(0);
  const chosen = ids.map((id) => prepared.chooseEstimators(id));
  const request = {
    data,
    step: 0,
    hasData: prepared.dataset !== null,
    draws: 16,
    biasDraws: 20,
    warmUp,
    onFailure: failed,
  };
  const found = finish(compareEstimators(prepared, chosen, request));
  for (const { estimators } of chosen) for (const estimator of estimators.values()) estimator.dispose();
  tf.dispose(Object.values(data));
  prepared.dispose();
  assert.equal(tf.memory().numTensors, tensors, "tensors were left behind");
  return found;
}

test("evaluations of a step count every sample of every row, as the estimators say of themselves", async () => {
  const found = await compared(["lr", "muprop", "straight-through", "leave-one-out", "arm", "rebar", "relax"]);
  assert.deepEqual(
    found.map(({ id, evaluationsPerStep }) => [id, evaluationsPerStep]),
    [
      ["lr", 1],
      ["muprop", 2],
      ["straight-through", 1],
      ["leave-one-out", 2],
      ["arm", 2],
      ["rebar", 5],
      ["relax", 3],
    ],
  );
  const [vimco] = await compared(["vimco"], { objective: "iwae", samples: 7 });
  assert.equal(vimco!.evaluationsPerStep, 7);
});

test("efficiencies are what variance, time and evaluations say, with the variance's interval", async () => {
  for (const entry of await compared(["muprop", "straight-through"])) {
    const { variance, interval, secondsPerStep, medianSecondsPerStep, evaluationsPerStep } = entry;
    const close = (a: number, b: number): void => assert.ok(Math.abs(a / b - 1) < 1e-9, `${a} ${b}`);
    close(entry.efficiency!, 1 / (variance! * secondsPerStep));
    close(entry.efficiencyByEvaluations!, 1 / (variance! * evaluationsPerStep));
    close(entry.efficiencyInterval![0], 1 / (interval![1] * secondsPerStep));
    close(entry.efficiencyInterval![1], 1 / (interval![0] * secondsPerStep));
    assert.ok(secondsPerStep <= medianSecondsPerStep);
  }
});

test("local-expectation's evaluations are one and one per flip; what fails is told and left out", async () => {
  const failures: string[] = [];
  const found = await compared(["local-expectation", "lr"], {}, (id) => failures.push(id));
  assert.deepEqual(failures, []);
  const units = 50;
  assert.equal(found[0]!.evaluationsPerStep, 1 + units);
});

test("control variates learn before they are measured, and nothing else changes", async () => {
  const ids = [
    "lr",
    "lr-c",
    "lr-c-idb",
    "lr-c(constant=optimal)",
    "rebar",
    "relax",
    "straight-through",
    "gumbel-softmax",
  ];
  const [before, after] = [await compared(ids), await compared(ids, { warmUp: 100 })];
  const ratio = new Map(ids.map((id, i) => [id, after[i]!.variance! / before[i]!.variance!]));
  for (const id of ["lr", "straight-through", "gumbel-softmax"]) assert.equal(ratio.get(id), 1, id);
  for (const id of ["lr-c", "lr-c-idb", "lr-c(constant=optimal)"])
    assert.ok(ratio.get(id)! < 0.5, `${id} ${ratio.get(id)}`);
  for (const id of ["rebar", "relax"]) assert.ok(ratio.get(id)! < 1, `${id} ${ratio.get(id)}`);
});
