import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { EngineClient } from "../../../../extension/engineClient";
import { RestartBudget } from "../../../../extension/restartBudget";
import { Session } from "../../../../extension/run/session";

const script = join(import.meta.dirname, "../../../fixtures/unrulyEngine.cjs");
const clients: EngineClient[] = [];

function start(budget = new RestartBudget()): { client: EngineClient; session: Session } {
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const client = new EngineClient({
    fork: () =>
      fork(script, ["well", "1"], {
        serialization: "advanced",
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        execArgv: [],
      }),
    log: quiet,
    budget,
  });
  clients.push(client);
  return { client, session: new Session(client) };
}

afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

test("a run starts with the engine's snapshot and grows by its deltas", async () => {
  const { session } = start();
  const arrived = new Promise<void>((resolve) => void session.onDidDelta(() => resolve()));
  await session.train({ file: "/models/net.ts" });
  await arrived;
  assert.equal(session.snapshot?.step, 2);
  assert.deepEqual(session.snapshot.loss, [
    [1, 3],
    [2, 2.5],
  ]);
});

test("a run whose engine dies is lost with its cause, and keeps what was told of it", async () => {
  const { client, session } = start();
  await session.train({ file: "/models/net.ts" });
  const lost = new Promise<string>((resolve) => void session.onDidLose(({ crash }) => resolve(crash.cause)));
  await client.request("registries", {}).catch(() => undefined);
  assert.equal(await lost, "signal SIGKILL");
  assert.equal(session.snapshot?.state, "failed");
  assert.match(session.snapshot.message ?? "", /signal SIGKILL at step \d; every logged step is kept/);
});

test("a run whose engine a person restarts is stopped and not lost", async () => {
  const { client, session } = start();
  await session.train({ file: "/models/net.ts" });
  let lost = 0;
  session.onDidLose(() => lost++);
  await client.restart();
  assert.equal(session.snapshot?.state, "stopped");
  assert.equal(lost, 0);
});

test("steering without a run says what to do", async () => {
  const { session } = start();
  await assert.rejects(async () => session.pause(), /no training run is active; start one with Run Training/);
});
