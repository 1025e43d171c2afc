import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { EngineClient } from "../../../../extension/engineClient";
import { GradlensDebugAdapter } from "../../../../extension/debug/debugAdapter";
import { twoLayerModel, Workspace } from "../../engine/support";
import { forkEngine } from "../forkEngine";

const workspace = new Workspace();
const client = new EngineClient({
  fork: forkEngine,
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
});
after(() => {
  client.dispose();
  workspace.remove();
});

/** Drives an adapter as the editor does: requests in, responses and events out. */
class Editor {
  private readonly adapter = new GradlensDebugAdapter({
    client,
    // No translation: the texts as they stand in the code.
    l10n: {
      t: (text: unknown, ...values: readonly unknown[]) =>
        String(text).replace(/\{(\d+)\}/g, (_, i) => String(values[Number(i)])),
    },
    train: (request) =>
      client.request("train", {
        backend: "cpu",
        diagnosticsInterval: 1,
        runFolder: workspace.path(`run-${Math.random()}`),
        ...request,
      }),
  });
  private readonly messages: DebugProtocol.ProtocolMessage[] = [];
  private taken = 0;
  private seq = 0;
  private waiting: (() => void)[] = [];

  constructor() {
    this.adapter.setRunAsServer(true);
    this.adapter.onDidSendMessage((message) => {
      this.messages.push(message as DebugProtocol.ProtocolMessage);
      for (const wake of this.waiting.splice(0)) wake();
    });
  }

  send(command: string, args: unknown = {}): Promise<DebugProtocol.Response> {
    const seq = ++this.seq;
    this.adapter.handleMessage({ seq, type: "request", command, arguments: args } as DebugProtocol.Request);
    return this.until(
      (message): message is DebugProtocol.Response =>
        message.type === "response" && (message as DebugProtocol.Response).request_seq === seq,
    );
  }

  async ask<T>(command: string, args: unknown = {}): Promise<T> {
    const response = await this.send(command, args);
    assert.ok(response.success, `${command}: ${JSON.stringify(response.body)}`);
    return response.body as T;
  }

  /** The next event of that name that was not taken yet. */
  async event<T extends DebugProtocol.Event>(name: T["event"]): Promise<T["body"]> {
    const found = await this.until(
      (message): message is T =>
        message.type === "event" &&
        (message as DebugProtocol.Event).event === name &&
        this.messages.indexOf(message) >= this.taken,
    );
    this.taken = this.messages.indexOf(found) + 1;
    return found.body as T["body"];
  }

  printed(): string {
    return this.messages
      .flatMap((message) =>
        (message as DebugProtocol.Event).event === "output" ? [(message as DebugProtocol.OutputEvent).body.output] : [],
      )
      .join("");
  }

  private async until<M extends DebugProtocol.ProtocolMessage>(
    wanted: (message: DebugProtocol.ProtocolMessage) => message is M,
  ): Promise<M> {
    for (;;) {
      const found = this.messages.find(wanted);
      if (found) return found;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }
}

const lineOf = (text: string, part: string): number => text.split("\n").findIndex((line) => line.includes(part)) + 1;

const text = twoLayerModel(`{ seed: 3, estimator: "muprop-c" }`);

async function launch(
  editor: Editor,
  args: Record<string, unknown>,
  breakpoints: readonly DebugProtocol.SourceBreakpoint[] = [],
): Promise<DebugProtocol.SetBreakpointsResponse["body"]> {
  await editor.ask("initialize", { adapterID: "gradlens", linesStartAt1: true, pathFormat: "path" });
  const launched = editor.send("launch", args);
  await editor.event<DebugProtocol.InitializedEvent>("initialized");
  const path = String(args["program"]).split("#")[0];
  const placed = await editor.ask<DebugProtocol.SetBreakpointsResponse["body"]>("setBreakpoints", {
    source: { path },
    breakpoints,
  });
  await editor.ask("setExceptionBreakpoints", { filters: ["non-finite"] });
  await editor.ask("configurationDone");
  assert.ok((await launched).success);
  return placed;
}

const stackOf = async (editor: Editor): Promise<DebugProtocol.StackFrame[]> =>
  (await editor.ask<DebugProtocol.StackTraceResponse["body"]>("stackTrace", { threadId: 1 })).stackFrames;

test("a conditional breakpoint stops at its line, and the estimate is stepped term by term", async () => {
  const file = workspace.model("adapter", text);
  const editor = new Editor();
  const sampleLine = lineOf(text, 'sample("y"');
  const { breakpoints } = await launch(editor, { program: `${file}#default`, steps: 100000 }, [
    { line: sampleLine, condition: "step >= 2 && y.sample.size == 2" },
    { line: 1 },
  ]);
  assert.deepEqual(
    breakpoints.map(({ verified, line }) => [verified, line]),
    [
      [true, sampleLine],
      [false, 1],
    ],
  );
  assert.match(breakpoints[1]?.message ?? "", /No sample, observe, parameter or dense stands here/);
  const stopped = await editor.event<DebugProtocol.StoppedEvent>("stopped");
  assert.equal(stopped.reason, "breakpoint");
  let stack = await stackOf(editor);
  assert.deepEqual(
    stack.map(({ name, line }) => [name, line]),
    [
      ["node y: sample drawn", sampleLine],
      ["estimate, term 9 of 16", sampleLine],
      ["training step 2", lineOf(text, 'sample("h"')],
    ],
  );
  const scopes = await editor.ask<DebugProtocol.ScopesResponse["body"]>("scopes", { frameId: stack[0]!.id });
  assert.deepEqual(
    scopes.scopes.map(({ name }) => name),
    ["Term", "Node y", "Step", "Nodes", "Parameters", "Baselines"],
  );
  const variables = async (reference: number, page = {}): Promise<DebugProtocol.Variable[]> =>
    (await editor.ask<DebugProtocol.VariablesResponse["body"]>("variables", { variablesReference: reference, ...page }))
      .variables;
  const parameters = await variables(scopes.scopes[4]!.variablesReference);
  assert.match(
    parameters.find(({ name }) => name === "head/weight")?.value ?? "",
    /^gradient norm [\d.e-]+, variance [\d.e-]+, SNR [\d.e-]+$/,
  );
  const gradient = (await variables(parameters[1]!.variablesReference)).find(({ name }) => name === "gradient")!;
  assert.equal(gradient.indexedVariables, 6);
  assert.deepEqual(
    (await variables(gradient.variablesReference, { filter: "indexed", start: 4, count: 2 })).map(({ name }) => name),
    ["[2, 0]", "[2, 1]"],
  );
  for (const expected of ["mean-field value", "log-probability"]) {
    await editor.ask("stepIn", { threadId: 1 });
    await editor.event("stopped");
    stack = await stackOf(editor);
    assert.equal(stack[0]?.name, `node y: ${expected}`);
  }
  await editor.ask("stepOut", { threadId: 1 });
  await editor.event("stopped");
  assert.deepEqual(
    (await stackOf(editor)).map(({ name }) => name),
    ["training step 2"],
  );
  await editor.ask("next", { threadId: 1 });
  assert.equal((await editor.event<DebugProtocol.StoppedEvent>("stopped")).reason, "step");
  assert.equal((await stackOf(editor)).at(-1)?.name, "training step 3");
  const watch = await editor.ask<DebugProtocol.EvaluateResponse["body"]>("evaluate", {
    expression: 'variance("head/weight") > 0',
    context: "watch",
  });
  assert.equal(watch.result, "true");
  const wrong = await editor.send("evaluate", { expression: "variance(", context: "watch" });
  assert.equal(wrong.success, false);
  assert.match(JSON.stringify(wrong.body), /The expression .*cannot be read/);
  await editor.ask("replay", { estimator: "disarm" });
  assert.match(editor.printed(), /Step 3 from the same keys[\s\S]*head\/weight/);
  await editor.ask("disconnect");
  await editor.event("terminated");
});

test("a condition that cannot be read leaves its breakpoint grey with the reason, and the session goes on", async () => {
  const file = workspace.model("unread", text);
  const editor = new Editor();
  const line = lineOf(text, 'sample("y"');
  const { breakpoints } = await launch(editor, { program: file, steps: 100000 }, [
    { line, condition: "step >=" },
    { line, logMessage: "loss {loss +}" },
    { line, condition: "step >= 1" },
  ]);
  assert.deepEqual(
    breakpoints.map(({ verified }) => verified),
    [false, false, true],
  );
  assert.match(breakpoints[0]?.message ?? "", /step >=/);
  assert.match(breakpoints[1]?.message ?? "", /loss \+/);
  const stopped = await editor.event<DebugProtocol.StoppedEvent>("stopped");
  assert.deepEqual(stopped.hitBreakpointIds, [breakpoints[2]!.id]);
  await editor.ask("terminate");
  await editor.event("terminated");
});

test("an estimate at a continuous node is stepped into, and its contributions are the gradient", async () => {
  const gaussian = `
import { cost, defineModel, normal, parameter, sample, tf } from "gradlens";
export default defineModel("gaussian", () => {
  const mean = parameter("mean", [0.3, -0.2]);
  return {
    program() {
      const z = sample("z", normal({ mean, std: tf.onesLike(mean) }));
      cost("f", tf.sum(tf.exp(z), -1));
    },
  };
});
`;
  for (const [estimator, stages] of [
    ["pathwise", ["sample drawn", "contribution"]],
    ["lr-c", ["sample drawn", "learning signal", "contribution"]],
    ["gsb", ["sample drawn", "contribution"]],
  ] as const) {
    const file = workspace.model(`gaussian-${estimator}`, gaussian);
    const editor = new Editor();
    await launch(editor, { program: file, estimator, steps: 1000, stopOnEntry: true });
    await editor.event("stopped");
    const seen: string[] = [];
    for (let i = 0; i < 12 && !seen.at(-1)?.includes("contribution"); i++) {
      await editor.ask("stepIn", { threadId: 1 });
      await editor.event("stopped");
      seen.push((await stackOf(editor))[0]!.name.replace("node z: ", ""));
    }
    assert.ok(
      stages.every((stage) => seen.includes(stage)),
      `${estimator}: ${seen.join(", ")}`,
    );
    const [top] = await stackOf(editor);
    const { scopes } = await editor.ask<DebugProtocol.ScopesResponse["body"]>("scopes", { frameId: top!.id });
    const reference = scopes.find(({ name }) => name === "Term")!.variablesReference;
    const { variables } = await editor.ask<DebugProtocol.VariablesResponse["body"]>("variables", {
      variablesReference: reference,
    });
    const whole = variables.find(({ name }) => name === "contribution")!;
    const evaluated = await editor.ask<DebugProtocol.EvaluateResponse["body"]>("evaluate", {
      expression: 'gradient("mean").norm',
    });
    // Both have four digits.
    assert.equal(whole.value, `norm ${evaluated.result}`, estimator);
    await editor.ask("terminate");
    await editor.event("terminated");
  }
});

test("a file without the model ends the launch with a sentence", async () => {
  const file = workspace.model("bad", text);
  const editor = new Editor();
  await editor.ask("initialize", { adapterID: "gradlens", pathFormat: "path" });
  const launched = editor.send("launch", { program: `${file}#other` });
  const refused = await launched;
  assert.equal(refused.success, false);
  assert.match(JSON.stringify(refused.body), /exports no model \\"other\\"; it exports default/);
});

test("a model that fails is shown as an exception, then the session ends", async () => {
  const file = workspace.model(
    "failing",
    text.replace(
      "cost(",
      "if (Math.random() >= 0 && (globalThis.turns = (globalThis.turns ?? 0) + 1) > 9) throw new Error('the cost broke');\n      cost(",
    ),
  );
  const editor = new Editor();
  await launch(editor, { program: file, estimator: "lr", steps: 1000 });
  const stopped = await editor.event<DebugProtocol.StoppedEvent>("stopped");
  assert.equal(stopped.reason, "exception");
  assert.match(stopped.text ?? "", /the cost broke/);
  await editor.ask("continue", { threadId: 1 });
  await editor.event("terminated");
});
