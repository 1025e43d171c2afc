import assert from "node:assert/strict";
import { after, test } from "node:test";
import { EnginePool } from "../../../core/engine/pool/enginePool";
import type { ChunkedWork } from "../../../core/diagnostics/chunks/chunks";
import { settle } from "../../../core/diagnostics/sliced";
import { holdMemoryLimit } from "../../../core/engine/memoryLimit";
import { loadModelFile, pickModel } from "../../../core/engine/modelLoader";
import { prepare, type Prepared } from "../../../core/engine/prepare";
import { useBackend } from "../../../core/backends/registry";
import { twoLayerModel, Workspace } from "./support";

const workspace = new Workspace();
after(() => workspace.remove());

test("an engine offers help on its own back end, as many workers as the environment says, and none at 0", async () => {
  await useBackend("cpu");
  const file = workspace.model("two", twoLayerModel("{}"));
  const prepared = await prepare(pickModel(loadModelFile(file), undefined).definition, file);
  const before = process.env["GRADLENS_WORKERS"];
  const helped = async (workers: string, backend: string | null): Promise<boolean> => {
    process.env["GRADLENS_WORKERS"] = workers;
    return new EnginePool(() => false).during(backend, async (workersFor) => workersFor(prepared) !== undefined);
  };
  assert.equal(await helped("3", "cpu"), true);
  assert.equal(await helped("0", "cpu"), false);
  assert.equal(await helped("3", null), false);
  assert.equal(await helped("3", "tensorflow-gpu"), false, "several processes do not share one device");
  process.env["GRADLENS_WORKERS"] = "3";
  const pool = new EnginePool(() => false);
  await pool.during("cpu", async (workersFor) => {
    assert.ok(workersFor(prepared));
    // A check of a run on another back end comes meanwhile: it does without.
    await pool.during("wasm", async (others) => assert.equal(others(prepared), undefined));
  });
  if (before === undefined) delete process.env["GRADLENS_WORKERS"];
  else process.env["GRADLENS_WORKERS"] = before;
  prepared.dispose();
});

/** Chunks that take long enough to pay for workers. */
function slowWork({ instance, structure, objective }: Prepared): ChunkedWork<number, number> {
  const compute = (_subject: unknown, index: number): number => {
    for (const until = performance.now() + 20; performance.now() < until;);
    return index;
  };
  const subject = { instance, structure, objective, data: {}, batchSize: 1, numSamples: 1, sets: [] };
  return { kind: { id: "slow", compute }, subject, total: 1000, args: (index) => index };
}

test("above the memory limit worker threads give way, once, and no others are started", async () => {
  await useBackend("cpu");
  const file = workspace.model("giving", twoLayerModel("{}"));
  const prepared = await prepare(pickModel(loadModelFile(file), undefined).definition, file);
  const pool = new EnginePool(() => false);
  assert.equal(pool.giveWay(), false, "there are none yet");
  let saved = 0;
  const look = (): void =>
    holdMemoryLimit(
      1,
      () => void saved++,
      () => pool.giveWay(),
    );
  await pool.during("cpu", async (workersFor) => {
    const stream = workersFor(prepared)!.open(slowWork(prepared));
    assert.equal(await settle(stream.next()), 0);
    look();
    assert.equal(saved, 0);
    assert.equal(workersFor(prepared), undefined);
    assert.equal(await settle(stream.next()), 1);
    await new Promise((later) => setTimeout(later, 2100));
    assert.throws(look, { code: "GL1647" });
    assert.equal(saved, 1);
    stream.close();
  });
  prepared.dispose();
});
