import assert from "node:assert/strict";
import { after, test } from "node:test";
import { useBackend } from "../../../../core/backends/registry";
import type { TrainingRun } from "../../../../core/engine/run";
import { startRun } from "../../../../core/engine/startRun";
import type { DebugOptions, DebugStop } from "../../../../core/protocol/debug";
import { checkpointBytes, twoLayerModel, turningModel, Workspace } from "../support";

const workspace = new Workspace();
after(() => workspace.remove());
let folders = 0;

interface Debugged {
  readonly run: TrainingRun;
  readonly folder: string;
  readonly printed: readonly string[];
  /** The next stop, or null when the run ends first. */
  next(): Promise<DebugStop | null>;
  go(step?: boolean): void;
}

async function debug(
  file: string,
  options: Partial<DebugOptions>,
  estimator = "lr-c-vn-idb",
  steps = 12,
): Promise<Debugged> {
  const { id } = await useBackend("cpu");
  const folder = workspace.path(`run-${++folders}`);
  const stops: DebugStop[] = [];
  const printed: string[] = [];
  let wake = (): void => undefined;
  const run = await startRun(
    {
      file,
      estimator,
      steps,
      runFolder: folder,
      diagnosticsInterval: 1,
      debug: { breakpoints: [], filters: [], spikeWindow: 999, stopOnEntry: false, ...options },
    },
    {
      backend: id,
      folderByDefault: false,
      onDelta: () => undefined,
      onStop: (stop) => {
        stops.push(stop);
        wake();
      },
      onPrint: (text) => printed.push(text),
    },
  );
  let ended = false;
  void run.run().finally(() => {
    ended = true;
    wake();
  });
  return {
    run,
    folder,
    printed,
    async next() {
      while (stops.length === 0 && !ended) await new Promise<void>((resolve) => (wake = resolve));
      return stops.shift() ?? null;
    },
    go(step = false) {
      if (step) run.debugger!.stopBefore("step");
      run.resume();
    },
  };
}

const conditional = [
  { id: 4, kind: "parameter", name: "prior", condition: "step >= 3 && h.sample.size == 3" },
] as const;

test("stops, steps and looks change nothing: the checkpoint equals that of an undisturbed run bit for bit", async () => {
  const file = workspace.model("same", twoLayerModel("{ steps: 12, seed: 3 }"));
  const plain = await debug(file, {});
  assert.equal(await plain.next(), null);
  const { run, next, go, folder } = await debug(file, { stopOnEntry: true, breakpoints: conditional });
  assert.deepEqual(await next().then((stop) => [stop?.reason, stop?.step]), ["entry", 0]);
  assert.equal(run.debugger!.estimate().nodes.length, 2);
  go(true);
  assert.deepEqual(await next().then((stop) => [stop?.reason, stop?.step]), ["step", 1]);
  run.debugger!.replay("disarm");
  go();
  for (let step = 3; step < 12; step++) {
    const stop = await next();
    assert.deepEqual([stop?.reason, stop?.step, stop?.breakpoints], ["breakpoint", step, [4]]);
    run.debugger!.variables(["parameters"]);
    go();
  }
  assert.equal(await next(), null);
  assert.equal(run.snapshot.state, "finished");
  assert.deepEqual(checkpointBytes(folder), checkpointBytes(plain.folder));
  for (const { run: each } of [plain, { run }]) each.dispose();
});

test("replay with the same estimator gives the same bits, with another one its own variance", async () => {
  const file = workspace.model("replay", twoLayerModel("{ seed: 3 }"));
  const { run, next } = await debug(file, { stopOnEntry: true }, "lr");
  await next();
  for (const { norms, cosine } of run.debugger!.replay("lr").parameters) {
    assert.equal(norms[0], norms[1]);
    assert.ok(Math.abs(cosine! - 1) < 1e-12);
  }
  const { parameters } = run.debugger!.replay("disarm");
  assert.ok(parameters.every(({ variances: [a, b] }) => a !== null && b !== null && a !== b));
  run.stop();
  await next();
  run.dispose();
});

test("a step that is not finite is held before its update, with the parameters at hand", async () => {
  const file = workspace.model("bad", turningModel(6, `cost("f", NOW ? tf.mul(f, NaN) : f);`));
  const { run, next, go } = await debug(file, { filters: ["non-finite"] }, "lr");
  const stop = await next();
  assert.equal(stop?.reason, "exception");
  assert.match(stop?.text ?? "", /The loss is NaN\./);
  assert.match(run.debugger!.evaluate('parameter("theta")').value, /mean -?\d/);
  go();
  assert.equal(await next(), null);
  assert.equal(run.snapshot.state, "failed");
  run.dispose();
});

test("hit counts, log messages, watches and pages of a tensor", async () => {
  const file = workspace.model("log", twoLayerModel("{ seed: 3 }"));
  const { run, next, printed } = await debug(
    file,
    {
      breakpoints: [
        { id: 1, kind: "node", name: "h", logMessage: "step {step}: {h.sample[0] >= 0}" },
        { id: 2, kind: "node", name: "y", hits: 3 },
      ],
    },
    "muprop-c",
  );
  const stop = await next();
  assert.deepEqual([stop?.step, stop?.at], [2, { kind: "node", name: "y" }]);
  assert.deepEqual(printed, ["step 0: true", "step 1: true", "step 2: true"]);
  const { debugger: stepper } = run;
  assert.match(stepper!.evaluate('variance("head/weight")').value, /^\d/);
  assert.equal(stepper!.evaluate("step").value, "2");
  const weight = stepper!.variables(["parameters", "head/weight"]).find(({ name }) => name === "gradient")!;
  assert.equal(weight.indexed, 6);
  const page = stepper!.variables(weight.path!, 2, 3);
  assert.deepEqual(
    page.map(({ name }) => name),
    ["[1, 0]", "[1, 1]", "[2, 0]"],
  );
  assert.equal(stepper!.variables(["baselines"]).length, 2);
  assert.deepEqual(stepper!.estimate().nodes[0]?.stages.slice(0, 2), ["sample", "meanField"]);
  assert.equal(stepper!.variables(["stage", "h", "contribution"]).length, 4);
  assert.throws(() => stepper!.evaluate("h.nothing"), { code: "GL1902" });
  run.stop();
  await next();
  run.dispose();
});
