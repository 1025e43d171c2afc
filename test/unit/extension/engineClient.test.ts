import assert from "node:assert/strict";
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { GradlensError } from "../../../core/errors";
import { EngineClient } from "../../../extension/engineClient";
import type { EngineCrash, EngineStateChange } from "../../../extension/engineClient";
import { RestartBudget } from "../../../extension/restartBudget";

const script = join(import.meta.dirname, "../../fixtures/unrulyEngine.cjs");
const clients: EngineClient[] = [];

interface Harness {
  readonly client: EngineClient;
  readonly children: ChildProcess[];
  readonly states: EngineStateChange[];
  readonly crashes: EngineCrash[];
  readonly lines: string[];
  readonly log: string[];
}

function start(
  manner = "well",
  options: { version?: number; budget?: RestartBudget; helloTimeoutMs?: number } = {},
): Harness {
  const children: ChildProcess[] = [];
  const lines: string[] = [];
  const log: string[] = [];
  const note = (text: string): number => log.push(text);
  const client = new EngineClient({
    fork: () => {
      const child = fork(script, [manner, String(options.version ?? 1)], {
        serialization: "advanced",
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        execArgv: [],
      });
      children.push(child);
      return child;
    },
    log: { info: note, warn: note, error: note },
    onOutput: (line) => lines.push(line),
    ...(options.budget ? { budget: options.budget } : {}),
    ...(options.helloTimeoutMs === undefined ? {} : { helloTimeoutMs: options.helloTimeoutMs }),
  });
  clients.push(client);
  const states: EngineStateChange[] = [];
  const crashes: EngineCrash[] = [];
  client.onDidChangeState((state) => states.push(state));
  client.onCrash((crash) => crashes.push(crash));
  return { client, children, states, crashes, lines, log };
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((next) => setTimeout(next, 5));
};

afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

test("the engine is forked on the first request and not before", async () => {
  const { client, children, states } = start();
  assert.equal(children.length, 0);
  assert.equal(client.state, "stopped");
  await client.request("status", {});
  await client.request("status", {});
  assert.equal(children.length, 1);
  assert.deepEqual(
    states.map(({ state }) => state),
    ["starting", "ready"],
  );
});

test("typed arrays cross the process boundary as typed arrays", async () => {
  const status: unknown = await start().client.request("status", {});
  assert.ok(typeof status === "object" && status !== null && "values" in status);
  assert.deepEqual(status.values, new Float32Array([1, 2, 3]));
});

test("an error of the engine arrives with its code and words", async () => {
  await assert.rejects(start().client.request("describe", { file: "a.ts" }), (error: unknown) => {
    assert.ok(error instanceof GradlensError);
    assert.equal(error.code, "GL1234");
    assert.equal(error.message, "expected a model, found none");
    return true;
  });
});

test("what the engine prints is given out line by line", async () => {
  const { client, lines } = start();
  await client.request("status", {});
  await until(() => lines.length === 2);
  assert.deepEqual(lines, ["first line", "second line"]);
});

test("a lost event is noticed", async () => {
  const { client, log } = start("loses an event");
  let gaps = 0;
  client.onGap(() => gaps++);
  await client.request("status", {});
  assert.equal(gaps, 1);
  assert.ok(log.includes("expected event 1 of the engine, got 2"));
});

test("an aborted request is cancelled in the engine", async () => {
  const { client } = start();
  const controller = new AbortController();
  await client.start();
  const answer = client.request("train", { file: "a.ts" }, { signal: controller.signal });
  await new Promise(setImmediate);
  controller.abort();
  await assert.rejects(answer, { code: "GL1703" });
});

test("after a crash the request fails, the crash is told, and a new engine answers", async () => {
  const { client, children, crashes } = start();
  await assert.rejects(client.request("registries", {}), { code: "GL8001" });
  await client.request("status", {});
  assert.equal(children.length, 2);
  assert.deepEqual(crashes, [{ cause: "signal SIGKILL", status: null, restarted: true }]);
});

test("an engine that keeps crashing is started at most four times again within three minutes", async () => {
  const { client, children, crashes } = start();
  for (let crash = 0; crash < 5; crash++) await assert.rejects(client.request("registries", {}), { code: "GL8001" });
  assert.equal(children.length, 5);
  assert.equal(client.state, "failed");
  assert.equal(
    client.message,
    "The engine ended 5 times within 3 minutes (last: signal SIGKILL) and is not started again.",
  );
  assert.deepEqual(
    crashes.map(({ restarted }) => restarted),
    [true, true, true, true, false],
  );
});

test("an engine that dies while it starts uses up the budget and the request fails", async () => {
  const { client, children } = start("dies at once");
  await assert.rejects(client.request("status", {}), { code: "GL8001" });
  assert.equal(children.length, 5);
  assert.equal(client.state, "failed");
});

test("restart by hand gives a fresh budget", async () => {
  const { client, children } = start("well", { budget: new RestartBudget(0) });
  await assert.rejects(client.request("registries", {}), { code: "GL8001" });
  assert.equal(client.state, "failed");
  await client.restart();
  assert.equal(client.state, "ready");
  assert.equal(children.length, 2);
});

test("an engine of another protocol version is refused with both versions", async () => {
  const { client } = start("well", { version: 99 });
  await assert.rejects(client.request("status", {}), /expected an engine with protocol 1, got 99/);
  assert.equal(client.state, "failed");
});

test("an engine that never greets is ended and said so", async () => {
  const { client, children } = start("never greets", { helloTimeoutMs: 50 });
  await assert.rejects(client.request("status", {}), { code: "GL8003" });
  assert.equal(client.state, "failed");
  await until(() => children[0]?.killed === true);
});

test("an engine that cannot be started is a failure and no crash of the host", async () => {
  const client = new EngineClient({
    fork: () => fork(script, [], { execPath: "/nowhere/node" }),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    budget: new RestartBudget(1),
  });
  clients.push(client);
  await assert.rejects(client.request("status", {}), GradlensError);
  assert.equal(client.state, "failed");
});

test("dispose ends the process and rejects what waits", async () => {
  const { client, children } = start();
  await client.start();
  const answer = client.request("train", { file: "a.ts" });
  const rejected = assert.rejects(answer, { code: "GL8001" });
  await Promise.resolve();
  client.dispose();
  await rejected;
  await until(() => children[0]?.exitCode !== null || children[0].signalCode !== null);
  await assert.rejects(client.request("status", {}), { code: "GL8000" });
});

test("stop is no crash, and the next request starts a new engine", async () => {
  const { client, children, crashes } = start();
  await client.start();
  client.stop();
  assert.equal(client.state, "stopped");
  await client.request("status", {});
  assert.equal(children.length, 2);
  assert.deepEqual(crashes, []);
});
