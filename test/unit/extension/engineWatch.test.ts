import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { GradlensError } from "../../../core/errors";
import { EngineClient } from "../../../extension/engineClient";
import { EngineWatch, type EngineSilence } from "../../../extension/engineWatch";

const script = join(import.meta.dirname, "../../fixtures/unrulyEngine.cjs");
const owned: { dispose(): void }[] = [];

afterEach(() => {
  for (const each of owned.splice(0)) each.dispose();
});

interface Watched {
  readonly client: EngineClient;
  readonly watch: EngineWatch;
  readonly silences: EngineSilence[];
  readonly answers: number[];
}

function start({ works = false, missed = 4 } = {}): Watched {
  const quiet = (): void => undefined;
  const client = new EngineClient({
    fork: () =>
      fork(script, ["well"], { serialization: "advanced", stdio: ["ignore", "pipe", "pipe", "ipc"], execArgv: [] }),
    log: { info: quiet, warn: quiet, error: quiet },
  });
  const watch = new EngineWatch(client, { intervalMs: 20, missed, works: () => works });
  const silences: EngineSilence[] = [];
  const answers: number[] = [];
  watch.onSilence((silence) => silences.push(silence));
  watch.onAnswer(() => answers.push(silences.length));
  owned.push(watch, client);
  return { client, watch, silences, answers };
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((next) => setTimeout(next, 5));
};

test("an engine that is blocked is told of once, with what it owes, and again when it answers", async () => {
  const { client, watch, silences, answers } = start();
  await client.start();
  const lint = client.request("lint", { file: "1500" });
  await until(() => silences.length > 0);
  assert.deepEqual(silences, [{ seconds: 0.08, owes: ["lint"] }]);
  assert.ok(watch.isSilent);
  await lint;
  await until(() => answers.length > 0);
  assert.ok(!watch.isSilent);
  assert.equal(silences.length, 1);
});

test("an engine that owes nothing and does not train is not greeted", async () => {
  const { client, watch } = start({ missed: 0 });
  await client.start();
  await new Promise((next) => setTimeout(next, 200));
  assert.ok(!watch.isSilent);
  assert.deepEqual(client.owes, []);
});

test("restarting a blocked engine tells the oldest request why, the others that the engine is restarted", async () => {
  const { client, silences, answers } = start();
  await client.start();
  const before = client.processId;
  const codes = ["600000", "1"].map((file) =>
    client.request("lint", { file }).then(
      () => "answered",
      (error: unknown) => (error instanceof GradlensError ? error.code : String(error)),
    ),
  );
  await until(() => silences.length > 0);
  assert.deepEqual(client.owes, ["lint", "lint"]);
  await client.restart(new GradlensError("GL8005", "the text did not come to an end"));
  assert.deepEqual(await Promise.all(codes), ["GL8005", "GL8001"]);
  await until(() => answers.length > 0);
  assert.notEqual(client.processId, before);
});
