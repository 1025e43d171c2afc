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
  assert.match(run.debugger!.evaluate('parameter("theta")').value, /^\[1\] 0\.\d+$/);
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

test("a step counts the evaluations that its estimate takes, and counting changes nothing", async () => {
  const file = workspace.model("counted", twoLayerModel("{ seed: 3 }"));
  // MuProp's mean-field pass beside the step's own; 2^5 states.
  for (const [estimator, evaluations] of [
    ["lr", 1],
    ["muprop-c", 2],
    ["enumeration", 32],
  ] as const) {
    const { run, next } = await debug(file, { stopOnEntry: true }, estimator);
    await next();
    const before = run.debugger!.evaluate('gradient("prior")').value;
    assert.equal(run.debugger!.evaluate("evaluations").value, String(evaluations), estimator);
    assert.equal(run.debugger!.variables(["step"]).at(-1)?.value, String(evaluations));
    assert.equal(run.debugger!.evaluate('gradient("prior")').value, before);
    run.stop();
    await next();
    run.dispose();
  }
});

const refinedNet = `
import { bernoulli, defineModel, dense, observe, parameter, sample, tf } from "gradlens";
export default defineModel("refined", () => {
  const encode = dense("encode", 784, 3);
  const decode = dense("decode", 3, 784, { weight: tf.reshape(tf.sin(tf.range(0, 2352)), [3, 784]) });
  const prior = parameter("prior", [0.3, -0.2, 0.1]);
  return {
    guide({ x }: { x: tf.Tensor }) { sample("h", bernoulli({ logits: encode(x) })); },
    model({ x }: { x: tf.Tensor }) { observe("x", bernoulli({ logits: decode(sample("h", bernoulli({ logits: prior }))) }), x); },
  };
}, { data: "digits-binarized", batchSize: 4, objective: "elbo", estimator: "mean-passing", inference: { steps: 5, rate: 0.1 } });
`;

test("an estimate at refined posteriors is stepped into: the way of the posterior, and what it gives the guide", async () => {
  const file = workspace.model("refined", refinedNet);
  const { run, next } = await debug(file, { stopOnEntry: true }, "mean-passing");
  await next();
  const stepper = run.debugger!;
  assert.deepEqual(stepper.estimate().nodes[0]?.stages, [
    "inference",
    "sample",
    "logProb",
    "correction",
    "contribution",
  ]);
  const way = stepper.variables(["stage", "h", "inference"]);
  assert.equal(way.length, 6);
  const losses = way.map(({ value }) => Number(value.replace("loss ", "")));
  assert.ok(losses[5]! < losses[0]!, losses.join(", "));
  assert.equal(losses[5], Number(stepper.evaluate("loss").value));
  assert.match(stepper.variables(way[5]!.path!)[0]?.value ?? "", /^\[1, 4, 3\] mean/);
  assert.equal(stepper.variables([...way[5]!.path!, "logits"]).length, 12);
  assert.equal(stepper.evaluate("h.credit").value, "unknown");
  // The guide learns from the divergence alone, the model from the loss alone.
  const parts = stepper.variables(["nodes", "h", "correction"]);
  const norms = new Map(parts.map(({ name, value }) => [name, value]));
  assert.notEqual(norms.get("encode/bias"), "[3] 0, 0, 0");
  assert.equal(norms.get("prior"), "[3] 0, 0, 0");
  assert.equal(stepper.evaluate('gradient("encode/bias")').value, norms.get("encode/bias"));
  assert.equal(stepper.evaluate("evaluations").value, "6");
  const { parameters } = stepper.replay("straight-through");
  // Of the gradient that training takes: by mean-passing inference draws nothing, and the guide learns without noise.
  const variances = new Map(parameters.map((each) => [each.name, each.variances]));
  assert.ok(variances.get("decode/weight")!.every((variance) => variance! > 0));
  const [passing, straight] = variances.get("encode/weight")!;
  assert.ok(passing! < 1e-6 * straight!, `${passing}, ${straight}`);
  assert.throws(() => stepper.replay("lr"), { code: "GL1331" });
  run.stop();
  await next();
  run.dispose();
});
