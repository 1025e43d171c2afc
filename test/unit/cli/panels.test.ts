import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { CheckTarget, TrainRequest } from "../../../core/protocol/engine";
import { reportFormats } from "../../../core/protocol/report";
import type { BiasRecord } from "../../../core/protocol/bias";
import type { ComparedEstimator } from "../../../core/protocol/comparison";
import type { EvaluationRecord, RunSnapshot } from "../../../core/protocol/snapshot";
import type { SweepRecord } from "../../../core/protocol/sweep";
import type { RolloutRecord, TrunkRecord } from "../../../core/protocol/trunks";
import type {
  ControlVariateReport,
  ParameterAttribution,
  ParameterVariance,
  PathScore,
} from "../../../core/protocol/variance";
import type { Report } from "../../../core/report/report";
import { type Harness, engine, shutDown } from "../engine/harness";
import { twoLayerModel, Workspace } from "../engine/support";
import { toJson } from "../../../cli/toJson";
import { answer, gradlens } from "./support";

/**
 * Every panel that has a command-line twin: the same request through the engine's protocol and through the command line, on the same
 * checkpoint, gives the same numbers, to the last bit where nothing else is said. Times are left out.
 */
const workspace = new Workspace();
// Two nodes, one of them reparameterised, and a data set: variance by node, control variates and path and score are all there.
const file = workspace.model(
  "both",
  `import { bernoulli, defineModel, dense, normal, observe, parameter, sample, tf } from "gradlens";
export default defineModel("both", () => {
  const encode = dense("encode", 784, 3);
  const where = dense("where", 784, 2);
  const prior = parameter("prior", [0.2, -0.1, 0.4]);
  const decode = dense("decode", 5, 784);
  return {
    guide({ x }) {
      sample("h", bernoulli({ logits: encode(x) }));
      sample("z", normal({ mean: where(x), std: tf.onesLike(where(x)) }));
    },
    model({ x }) {
      const h = sample("h", bernoulli({ logits: prior }));
      const z = sample("z", normal({ mean: [0, 0], std: [1, 1] }));
      observe("x", bernoulli({ logits: decode(tf.concat([h, z], -1)) }), x);
    },
  };
}, { data: "digits-binarized", batchSize: 8, estimator: "h=muprop-c,z=pathwise" });
`,
);
const folder = workspace.path("run");
let one: Trained;
let three: Trained;

interface Trained {
  readonly ask: Harness["ask"];
  readonly snapshot: RunSnapshot;
}

/** A run that has ended, still in its engine. */
async function train(steps: number, request: Partial<TrainRequest>): Promise<Trained> {
  const { ask } = engine();
  let snapshot = await ask("train", { file, backend: "wasm", diagnosticsInterval: 1, steps, ...request });
  while (!["finished", "failed"].includes(snapshot.state)) {
    await new Promise((next) => setImmediate(next));
    snapshot = await ask("snapshot", { runId: snapshot.runId });
  }
  assert.equal(snapshot.state, "finished", snapshot.message ?? "");
  return { ask, snapshot };
}

before(async () => {
  // Records beside training are averages over the last measurements of a kind: in a run of one step they are of that step alone. What
  // nodes cause is first measured third.
  three = await train(3, { runFolder: workspace.path("three") });
  one = await train(1, { runFolder: folder, likelihoodSamples: 3 });
});
after(async () => {
  await shutDown();
  workspace.remove();
});

const atRun = (): CheckTarget => ({ kind: "run", runId: one.snapshot.runId });
const atFolder: CheckTarget = { kind: "folder", runFolder: folder };

/** What the command line answers on the run's checkpoint. */
function answered<T>(command: string, ...options: string[]): Promise<T> {
  const given = ["--backend", "wasm", "--workers", "0", ...options];
  const taken = ["sweep", "trunks"].includes(command)
    ? given.filter((option) => !["--workers", "0"].includes(option))
    : given;
  return answer<T>(command, file, "--checkpoint", folder, ...taken);
}

/** As the command line prints it. */
const printed = <T>(value: T): T => JSON.parse(toJson(value)) as T;

/** The fields of `value` that `other` has, too, checked to be some. */
function shared<T extends object>(value: T, other: object): Partial<T> {
  const keys = Object.keys(value).filter((key) => key in other);
  assert.ok(keys.length >= 4, keys.join());
  return Object.fromEntries(keys.map((key) => [key, value[key as keyof T]])) as Partial<T>;
}

/**
 * Every entry of a panel's list equals the command line's of the same name in all that both tell.
 * @param within difference of numbers that is let pass, as a share of the larger of the number and the entry's total
 */
function assertSame<T extends object>(panel: readonly T[], command: readonly object[], key: keyof T, within = 0): void {
  assert.equal(panel.length, command.length);
  for (const entry of printed(panel)) {
    const twin = command.find((other) => (other as T)[key] === entry[key]);
    assert.ok(twin, String(entry[key]));
    const [ours, theirs] = [shared(entry, twin), shared(twin as T, entry)];
    const { total = 0 } = theirs as { readonly total?: number };
    assert.deepEqual(within === 0 ? ours : nearer(ours, theirs, within, total), theirs);
  }
}

/** `value` with the numbers of `other` where they are as near as that. */
function nearer(value: unknown, other: unknown, within: number, scale: number): unknown {
  if (typeof value === "number" && typeof other === "number")
    return Math.abs(value - other) <= within * Math.max(scale, Math.abs(other)) ? other : value;
  if (typeof value !== "object" || value === null || typeof other !== "object" || other === null) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    return [key, nearer(item, (other as Readonly<Record<string, unknown>>)[key], within, scale)] as const;
  });
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

test("the bias panel, asked for a run and for its folder", async () => {
  const command = await answered<BiasRecord>("bias", "--draws", "40");
  for (const target of [atRun(), atFolder]) {
    const { record } = await one.ask("bias", { target, draws: 40 });
    const withoutElements = record.parameters.map(({ variance: _, ...entry }) => entry);
    assertSame(withoutElements, command.parameters, "name");
    for (const field of ["method", "verdict", "reference", "margin", "level", "draws", "notes"] as const)
      assert.deepEqual(record[field], command[field], field);
  }
});

test("a check beside training is that of the command line at its level", async () => {
  const run = workspace.path("checked");
  const model = workspace.model("checked", twoLayerModel(`{ estimator: "gumbel-softmax" }`));
  await gradlens("train", model, "--steps", "20", "--check-bias", "20", "--run-folder", run);
  const { biasChecks } = await answer<Report>("report", run, "--out", "-");
  const [record] = biasChecks as [BiasRecord];
  assert.deepEqual([record.step, record.level], [20, 0.975]);
  const { parameters, verdict, draws } = await answer<BiasRecord>(
    "bias",
    model,
    "--checkpoint",
    run,
    "--level",
    "0.975",
  );
  assertSame(
    record.parameters.map(({ variance: _, ...entry }) => entry),
    parameters,
    "name",
    1e-9, // 1 - 0.975 is not quite 0.025
  );
  assert.deepEqual([record.verdict, record.draws], [verdict, draws]);
});

test("the comparison, but for the times", async () => {
  const [estimators, draws, biasDraws] = [["muprop", "lr"], 4, 20];
  const options = ["--estimators", estimators.join(), "--draws", String(draws), "--bias-draws", String(biasDraws)];
  const command = await answered<{ estimators: ComparedEstimator[] }>("compare", ...options);
  const { record } = await one.ask("compare", { target: atFolder, estimators, draws, biasDraws });
  const untimed = record.estimators.map(({ id, variance, interval, verdict, evaluationsPerStep, ...entry }) => ({
    ...{ id, variance, interval, verdict, evaluationsPerStep },
    efficiencyByEvaluations: entry.efficiencyByEvaluations,
  }));
  assertSame(untimed, command.estimators, "id");
});

test("a sweep", async () => {
  const command = await answered<SweepRecord>("sweep", "--over", "samples", "--values", "1,2", "--draws", "20");
  const { record } = await one.ask("sweep", { target: atFolder, over: "samples", values: [1, 2], draws: 20 });
  for (const field of ["points", "slopes", "reference", "level", "notes"] as const)
    assert.deepEqual(printed(record)[field], command[field], field);
});

test("trunks, and what a rollout would do but for the times", async () => {
  const command = await answered<TrunkRecord & { passes: number; rollout: RolloutRecord }>(
    ...(["trunks", "--example", "2", "--passes", "8", "--draws", "4"] as const),
  );
  const { runId } = one.snapshot;
  const { samples, ...record } = printed(await one.ask("trunks", { runId, example: 2, samples: 8 }));
  assert.equal(samples, command.passes);
  for (const field of [
    "step",
    "example",
    "layers",
    "meanFieldLoss",
    "sampledLoss",
    "sampledLossStandardError",
  ] as const)
    assert.deepEqual(record[field], command[field], field);
  const { record: rollout } = await one.ask("rollout", { target: atFolder, draws: 4 });
  for (const field of ["whole", "parameters", "level", "draws", "evaluationsRatio", "refusal"] as const)
    assert.deepEqual(rollout[field], command.rollout[field], field);
});

interface VarianceAnswer {
  readonly parameters: readonly ParameterVariance[];
  readonly pathScore: readonly PathScore[];
  readonly controlVariates: readonly ControlVariateReport[];
  readonly attribution: readonly ParameterAttribution[];
}

test("variance, path and score, and control variates, as the run measured them", async () => {
  const { variance, controlVariates } = one.snapshot;
  const twice = await answered<VarianceAnswer>("variance", "--draws", "2");
  // Beside training single elements are not kept: ‖g − g'‖² is ‖g‖² + ‖g'‖² − 2⟨g, g'⟩, to float32's share of ‖g‖².
  assertSame(variance[0]!.parameters, twice.parameters, "name", 2e-6);
  assert.ok(variance[0]!.parameters.every(({ monteCarlo }) => monteCarlo !== null && monteCarlo > 0));
  assertSame(variance[0]!.pathScore!, twice.pathScore, "name");
  const eight = await answered<VarianceAnswer>("variance", "--draws", "8");
  assertSame(controlVariates!.nodes, eight.controlVariates, "node");
});

test("variance by node", async () => {
  const command = await answer<VarianceAnswer>(
    ...(["variance", file, "--checkpoint", workspace.path("three"), "--backend", "wasm"] as const),
    ...["--draws", "2", "--by-node", "--workers", "0"],
  );
  const { step, parameters } = three.snapshot.attribution!;
  assert.equal(step, 3);
  assert.deepEqual(printed(parameters), command.attribution);
});

test("the likelihood at the end of the run", async () => {
  const record = one.snapshot.evaluations.find(({ name }) => name === "test/log-likelihood")!;
  const command = await answered<EvaluationRecord>("likelihood", "--samples", "3");
  assert.deepEqual([record.value, record.standardError], [command.value, command.standardError]);
});

test("the report, in every format, with the checks that the command line made at the checkpoint", async () => {
  for (const format of reportFormats) {
    const { text } = await one.ask("report", { runFolder: folder, format });
    const { out } = await gradlens("report", folder, "--format", format, "--out", "-");
    assert.equal(out.trimEnd(), text.trimEnd());
  }
  const report = await answer<Report>("report", folder, "--out", "-");
  assert.deepEqual(report.variance, printed(one.snapshot.variance));
  assert.deepEqual(
    [report.bias, report.comparisons, report.sweeps, report.trunks, report.rollouts].map(
      (records) => records.filter((record) => !("at" in record) || record.at === "checkpoint").length > 0,
    ),
    [true, true, true, true, true],
  );
});
