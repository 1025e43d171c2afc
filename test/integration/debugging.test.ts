import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as vscode from "vscode";
import type { ExtensionApi } from "../../extension/extension";
import { activateExtension, eventually, modelFolder } from "./support/extension";

interface LaunchOptions {
  readonly program: string;
  readonly stopOnEntry?: boolean;
  readonly spikeWindow?: number;
}

describe("debugging from the editor", function () {
  this.timeout(600_000);
  let api: ExtensionApi;
  let models: Awaited<ReturnType<typeof modelFolder>>;
  const folder = vscode.workspace.workspaceFolders![0]!;

  before(async () => {
    api = await activateExtension();
    models = await modelFolder();
  });

  afterEach(async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    if (vscode.debug.activeDebugSession) await terminated(() => vscode.debug.stopDebugging());
  });

  after(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await vscode.workspace.getConfiguration("launch", folder).update("configurations", undefined);
    models.remove();
  });

  /** Waits until a session has ended that this ends, or lets end. */
  async function terminated(act: () => unknown): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      const listener = vscode.debug.onDidTerminateDebugSession(() => {
        listener.dispose();
        resolve();
      });
    });
    await act();
    await ended;
  }

  /** Starts a configuration, or the one of launch.json that has this name. */
  async function start(configuration: string | LaunchOptions): Promise<vscode.DebugSession> {
    const whole =
      typeof configuration === "string"
        ? configuration
        : { type: "gradlens", request: "launch", name: "test", ...configuration };
    assert.ok(await vscode.debug.startDebugging(folder, whole));
    return eventually(() => vscode.debug.activeDebugSession, "a debug session");
  }

  /** Waits until the editor stands at a frame other than the last one. */
  async function stop(before?: vscode.DebugStackFrame): Promise<vscode.DebugStackFrame> {
    return eventually(() => {
      const item = vscode.debug.activeStackItem;
      return item instanceof vscode.DebugStackFrame && item !== before ? item : undefined;
    }, "a stop");
  }

  const framesAt = async (session: vscode.DebugSession): Promise<{ name: string; line: number }[]> =>
    (await session.customRequest("stackTrace", { threadId: 1 })).stackFrames;

  const value = async (session: vscode.DebugSession, expression: string): Promise<string> =>
    (await session.customRequest("evaluate", { expression })).result;

  /** A breakpoint at the first line that holds a text. */
  async function breakAt(file: string, text: string, condition?: string, hits?: string, log?: string): Promise<number> {
    const line = readFileSync(file, "utf8")
      .split("\n")
      .findIndex((words) => words.includes(text));
    const at = new vscode.Location(vscode.Uri.file(file), new vscode.Position(line, 0));
    await vscode.window.showTextDocument(at.uri);
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(at, true, condition, hits, log)]);
    return line + 1;
  }

  it("stops at a conditional breakpoint, and shows the step's variables", async () => {
    const file = models.file("tinyNet.ts");
    const line = await breakAt(file, "sample(", "step >= 2");
    const session = await start({ program: file });
    const frame = await stop();
    const frames = await framesAt(session);
    assert.equal(frames[0]?.line, line);
    assert.equal(frames.at(-1)?.name, "training step 2");
    const { scopes } = await session.customRequest("scopes", { frameId: frame.frameId });
    const parameters = scopes.find(({ name }: { name: string }) => name === "Parameters");
    const { variables } = await session.customRequest("variables", parameters);
    assert.match(variables[0].value, /^gradient norm/);
  });

  it("takes estimator, seed, batch size, learning rate and steps from launch.json, and ends after them", async () => {
    const options = {
      estimator: "rebar",
      objective: "expected-cost",
      seed: 7,
      batchSize: 5,
      learningRate: 0.5,
      steps: 3,
    };
    const [program, stopOnEntry] = ["${workspaceFolder}/one-bit.ts#quadratic", true];
    const configuration = {
      type: "gradlens",
      request: "launch",
      name: "Three steps",
      program,
      stopOnEntry,
      ...options,
    };
    await vscode.workspace.getConfiguration("launch", folder).update("configurations", [configuration]);
    const session = await start("Three steps");
    await stop();
    assert.deepEqual(
      (await framesAt(session)).map(({ name }) => name),
      ["training step 0"],
    );
    const { model, estimator, objective, seed, batchSize, steps } = api.session.snapshot!;
    assert.deepEqual(
      { model, estimator, objective, seed, batchSize, steps, learningRate: Number(await value(session, "lr")) },
      { model: "one-bit-quadratic", ...options },
    );
    assert.equal(await value(session, "b.sample.size"), "5");
    await terminated(() => session.customRequest("continue", { threadId: 1 }));
    assert.deepEqual([api.session.snapshot?.state, api.session.snapshot?.step], ["finished", 3]);
  });

  it("takes data set, samples and epochs from launch.json", async () => {
    const options = { data: "digits", samples: 3, epochs: 2, objective: "iwae", estimator: "vimco", batchSize: 4 };
    const configuration = { type: "gradlens", request: "launch", name: "Two epochs", stopOnEntry: true, ...options };
    const program = models.file("beliefNet.ts");
    await vscode.workspace.getConfiguration("launch", folder).update("configurations", [{ ...configuration, program }]);
    const session = await start("Two epochs");
    await stop();
    const { dataset, epochs, objective, estimator, batchSize } = api.session.snapshot!;
    const { data, samples, ...others } = options;
    assert.deepEqual(
      { epochs, objective, estimator, batchSize, samples: Number(await value(session, "evaluations")) },
      { ...others, samples },
    );
    assert.equal(dataset, data);
    assert.equal(await value(session, "h.sample.size"), String(samples * batchSize * 50));
  });

  it("says in one sentence what is wrong with a configuration, and begins nothing", async () => {
    const before = api.session.snapshot?.runId;
    for (const [options, message] of [
      [{ samples: "8" }, /^"samples" of the launch configuration needs a number, got "8"$/],
      [{ data: "no-such-data" }, /no-such-data/],
      [{ epochs: 0.5 }, /^Epochs needs a whole number above 0, got 0.5$/],
    ] as const) {
      const told = new Promise<string>((resolve) => {
        const tracker = vscode.debug.registerDebugAdapterTrackerFactory("gradlens", {
          createDebugAdapterTracker: () => ({
            onDidSendMessage(sent: {
              command?: string;
              success?: boolean;
              body?: { error?: { format: string; variables?: Record<string, string> } };
            }) {
              if (sent.command !== "launch" || sent.success !== false) return;
              tracker.dispose();
              const { format = "", variables = {} } = sent.body?.error ?? {};
              resolve(format.replace(/\{(\w+)\}/g, (_, name: string) => variables[name] ?? ""));
            },
          }),
        });
      });
      void vscode.debug.startDebugging(folder, {
        type: "gradlens",
        request: "launch",
        name: "wrong",
        program: models.file("beliefNet.ts"),
        ...options,
      });
      assert.match(await told, message);
      await eventually(() => vscode.debug.activeDebugSession === undefined, "the end of the session");
    }
    assert.equal(api.session.snapshot?.runId, before);
  });

  it("does not stop at the entry unless asked to, counts hits and prints log messages", async () => {
    const file = models.file("tinyNet.ts");
    await breakAt(file, 'parameter("prior"', undefined, "4");
    await breakAt(file, 'sample("y"', "step < 2", undefined, "step {step}: {y.sample.size}");
    const printed: string[] = [];
    const tracker = vscode.debug.registerDebugAdapterTrackerFactory("gradlens", {
      createDebugAdapterTracker: () => ({
        onDidSendMessage(message: { event?: string; body?: { output?: string } }) {
          if (message.event === "output") printed.push(message.body?.output ?? "");
        },
      }),
    });
    const session = await start({ program: file });
    await stop();
    tracker.dispose();
    assert.deepEqual(
      (await framesAt(session)).map(({ name }) => name),
      ["parameter prior", "training step 3"],
    );
    assert.deepEqual(
      printed.filter((line) => /^step \d/.test(line)),
      ["step 0: 2\n", "step 1: 2\n"],
    );
  });

  it("stops on a variance spike of the window that the configuration sets", async () => {
    const session = await start({ program: models.file("tinyNet.ts"), stopOnEntry: true, spikeWindow: 12 });
    const entry = await stop();
    await session.customRequest("setExceptionBreakpoints", { filters: ["variance-spike"] });
    await session.customRequest("continue", { threadId: 1 });
    await stop(entry);
    const { description, breakMode } = await session.customRequest("exceptionInfo", { threadId: 1 });
    assert.match(description, /norm [\d.]+ is the largest of 13 steps/);
    assert.equal(breakMode, "always");
    assert.ok(Number(await value(session, "step")) >= 12);
  });
});
