import assert from "node:assert/strict";
import { after, test } from "node:test";
import { EnginePool } from "../../../core/engine/pool/enginePool";
import { loadModelFile, pickModel } from "../../../core/engine/modelLoader";
import { prepare } from "../../../core/engine/prepare";
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
