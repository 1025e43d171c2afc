import assert from "node:assert/strict";
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, test } from "node:test";
import { readCheckpoint, readEvents } from "../../../core/engine/runFolder";
import { engineExit } from "../../../core/protocol/engineExit";
import { type EngineMethod, type EngineMethods, type FromEngine, protocolVersion } from "../../../core/protocol/engine";
import { twoLayerModel, Workspace } from "./support";

const main = join(import.meta.dirname, "../../../core/engine/main.ts");
const workspace = new Workspace();
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
  workspace.remove();
});

/** The engine in a process of its own, as the editor starts it. */
function startEngine(): {
  child: ChildProcess;
  messages: FromEngine[];
  ask<M extends EngineMethod>(method: M, params: EngineMethods[M]["params"]): Promise<EngineMethods[M]["result"]>;
} {
  const child = fork(main, [], { serialization: "advanced", execArgv: ["--import", "tsx"] });
  children.push(child);
  const messages: FromEngine[] = [];
  child.on("message", (message: FromEngine) => messages.push(message));
  let last = 0;
  return {
    child,
    messages,
    async ask(method, params) {
      const id = ++last;
      child.send({ type: "request", id, method, params });
      for (;;) {
        const answer = messages.find((message) => message.type === "response" && message.id === id);
        if (answer?.type === "response") {
          if ("error" in answer) throw new Error(`${answer.error.code}: ${answer.error.message}`);
          return answer.result as never;
        }
        await once(child, "message");
      }
    },
  };
}

const lossesTold = (messages: readonly FromEngine[]): (readonly [number, number])[] =>
  messages.flatMap((message) =>
    message.type === "event" && message.name === "delta" ? (message.delta.loss ?? []) : [],
  );

test("an engine killed in mid-run has lost no step that it told of, and its run resumes", async () => {
  const file = workspace.model("killed", twoLayerModel(`{ steps: 1000000 }`));
  const folder = workspace.path("killed");
  const { child, messages, ask } = startEngine();
  assert.equal((await ask("hello", { protocolVersion })).processId, child.pid);
  await ask("train", { file, backend: "cpu", runFolder: folder });
  while (lossesTold(messages).length < 20) await once(child, "message");
  child.kill("SIGKILL");
  await once(child, "exit");
  const logged = new Map(
    readEvents(folder)
      .filter(({ type }) => type === "loss")
      .map(({ step, value }) => [step, value]),
  );
  for (const [step, value] of lossesTold(messages)) assert.equal(logged.get(step), value, `step ${step}`);

  const again = startEngine();
  const resumed = await again.ask("train", {
    file,
    backend: "cpu",
    resume: folder,
    steps: Math.max(...logged.keys()) + 5,
  });
  assert.equal(resumed.step, Number(readCheckpoint(folder).metadata["step"]));
  const finished = (message: FromEngine): boolean =>
    message.type === "event" && message.name === "delta" && message.delta.fields.state === "finished";
  while (!again.messages.some(finished)) await once(again.child, "message");
  await again.ask("shutdown", {});
  await once(again.child, "exit");
  const values = readEvents(folder).filter(({ type }) => type === "loss");
  for (const { step, value } of values)
    if (logged.has(step)) assert.equal(value, logged.get(step), `step ${step} again`);
});

test("an engine above its memory limit ends after a checkpoint of the step in hand, and its run goes on there without a back end that is left out", async () => {
  const file = workspace.model("large", twoLayerModel(`{ steps: 1000000 }`));
  const folder = workspace.path("large");
  const { child, messages, ask } = startEngine();
  await ask("train", { file, backend: "cpu", runFolder: folder, memoryLimitBytes: 1 });
  const [status] = (await once(child, "exit")) as [number];
  assert.equal(status, engineExit.memoryLimit);
  const steps = lossesTold(messages).map(([step]) => step);
  assert.equal(Number(readCheckpoint(folder).metadata["step"]), Math.max(...steps));

  const again = startEngine();
  const request = { file, resume: folder, backend: "auto", without: ["tensorflow-gpu", "tensorflow", "cpu"] };
  const resumed = await again.ask("train", request);
  assert.equal(resumed.step, Math.max(...steps));
  assert.equal(resumed.backend, "wasm");
  await again.ask("shutdown", {});
});

test("an engine ends with its parent, however the parent ends", async () => {
  const file = workspace.model("orphan", twoLayerModel(`{ steps: 1000000 }`));
  const parent = spawn(
    process.execPath,
    [
      "-e",
      `const { fork } = require("node:child_process"); const child = fork(process.argv[1], [], { serialization: "advanced", execArgv: ["--import", "tsx"] }); child.on("message", (message) => message.type === "response" && console.log(child.pid)); child.send({ type: "request", id: 1, method: "train", params: { file: process.argv[2], backend: "cpu", runFolder: process.argv[3] } });`,
      main,
      file,
      workspace.path("orphan"),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  children.push(parent);
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const engine = Number(line.toString());
  assert.ok(isAlive(engine));
  parent.kill("SIGKILL");
  await once(parent, "exit");
  while (isAlive(engine)) await new Promise((next) => setTimeout(next, 20));
  const events = readEvents(workspace.path("orphan"));
  assert.equal(events[0]!.type, "start");
});

test("an engine started by hand says that it is not meant to be", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", main], { stdio: ["ignore", "ignore", "pipe"] });
  children.push(child);
  const [text] = (await once(child.stderr, "data")) as [Buffer];
  assert.equal(text.toString(), "the engine is started by the editor or the command line, not by hand\n");
  const [code] = (await once(child, "exit")) as [number];
  assert.equal(code, 2);
});

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
