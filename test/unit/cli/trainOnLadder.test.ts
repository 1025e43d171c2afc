import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { readCheckpoint, readEvents, readManifest } from "../../../core/engine/runFolder";
import { answer, gradlens, modelFile, temporaryFolder } from "./support";

const folder = temporaryFolder();
const text = (turn: string): string => `
import { bernoulli, cost, defineModel, parameter, sample, tf } from "gradlens";
let evaluations = 0;
export default defineModel("failing", () => {
  const theta = parameter("theta", [0.3, -0.2]);
  return {
    program() {
      evaluations++;
      ${turn}
      const b = sample("b", bernoulli({ logits: theta }));
      cost("f", tf.square(tf.sub(b, 0.45)).sum(-1));
    },
  };
}, { estimator: "lr" });
`;

const losses = (run: string): ReadonlyMap<number, number> =>
  new Map(
    readEvents(run).flatMap(({ type, step, value }) => (type === "loss" ? [[step, value as number] as const] : [])),
  );

test("a back end that runs out of memory in mid-run is left out, and the run goes on from its last checkpoint and ends", async () => {
  const oom = 'if (tf.getBackend() === "cpu" && evaluations > 60) throw new Error("OOM when allocating tensor");';
  const file = modelFile(folder, "failing.ts", text(oom));
  const run = join(folder, "run");
  const { exitCode, out, err } = await gradlens("train", file, "--steps", "120", "--run-folder", run, "--json");
  assert.equal(exitCode, 0, err);
  const { steps, backend } = JSON.parse(out) as { steps: number; backend: string };
  assert.equal(steps, 120);
  assert.notEqual(backend, "cpu");
  assert.match(
    err,
    /back end cpu ran out of memory[^\n]* \(step \d+\); going on from the last checkpoint without cpu\n/,
  );
  // Every step is there, as in a run that met no failure; float32 of another back end apart.
  await useBackend("cpu");
  const whole = join(folder, "whole");
  const well = modelFile(folder, "well.ts", text("").replace('"failing"', '"well"'));
  assert.equal((await answer("train", well, "--steps", "120", "--run-folder", whole)).exitCode, 0);
  const [found, expected] = [losses(run), losses(whole)];
  for (let step = 1; step <= 120; step++)
    assert.ok(Math.abs(found.get(step)! - expected.get(step)!) < 1e-5, `loss of step ${step}`);
});

test("without a run folder there is nothing to go on from, and the failure is told", async () => {
  const oom = 'if (evaluations > 60) throw new Error("OOM when allocating tensor");';
  const file = modelFile(folder, "lost.ts", text(oom));
  const { exitCode, err } = await gradlens("train", file, "--steps", "120", "--no-run-folder");
  assert.equal(exitCode, 1);
  assert.match(err, /error: back end cpu ran out of memory; take a smaller batch/);
});

for (const backend of ["tensorflow", "wasm"]) {
  test(`a command line that is killed on ${backend} has lost no step that it logged, and goes on elsewhere`, async (context) => {
    try {
      await useBackend(backend);
    } catch (error) {
      return context.skip((error as Error).message);
    }
    await useBackend("cpu");
    const file = modelFile(folder, `killed-${backend}.ts`, text("").replace('"failing"', '"killed"'));
    const run = join(folder, `killed-${backend}`);
    const main = join(__dirname, "../../../cli/main.ts");
    const args = [
      "--import",
      "tsx",
      main,
      "train",
      file,
      "--steps",
      "1000000",
      "--backend",
      backend,
      "--run-folder",
      run,
    ];
    const child = spawn(process.execPath, args, { stdio: "ignore" });
    const logged = (): number => {
      try {
        return losses(run).size;
      } catch {
        return 0; // not there yet
      }
    };
    while (logged() < 20 && child.exitCode === null) await new Promise((later) => setTimeout(later, 100));
    child.kill("SIGKILL");
    await once(child, "exit");
    const before = losses(run);
    assert.ok(before.size >= 20);
    assert.equal(readManifest(run).backend, backend);
    const steps = Math.max(...before.keys()) + 10;
    const from = Number(readCheckpoint(run).metadata["step"]);
    assert.ok(from <= steps);
    const resumed = await answer<{ steps: number; backend: string }>(
      ...["train", "--resume", run, "--steps", String(steps), "--backend", "cpu"],
    );
    assert.deepEqual([resumed.exitCode, resumed.steps, resumed.backend], [0, steps, "cpu"]);
    const after = losses(run);
    for (let step = 1; step <= steps; step++) assert.ok(after.has(step), `step ${step}`);
    for (const [step, value] of before) assert.ok(Math.abs(after.get(step)! - value) < 1e-4, `loss of step ${step}`);
  });
}
