import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { answer, gradlens, teaching, temporaryFolder } from "./support";

const folder = temporaryFolder();
type Entries = Readonly<Record<string, readonly { readonly id: string }[]>>;

/** Every number of an answer is finite: JSON has no others, and null stands for unknown. */
function assertNoText(value: unknown): void {
  if (typeof value === "string") assert.ok(!["NaN", "Infinity", "-Infinity"].includes(value));
  else if (typeof value === "object" && value !== null) Object.values(value).forEach(assertNoText);
}

test("registries are one array of entries with ids, under the command's name", async () => {
  for (const [name, id] of [
    ["estimators", "muprop-c"],
    ["distributions", "bernoulli"],
    ["objectives", "elbo"],
    ["datasets", "binarized-mnist"],
  ] as const) {
    const registry = await answer<Entries>(name);
    assert.ok(
      registry[name]!.some((entry) => entry.id === id),
      name,
    );
    const { out, exitCode } = await gradlens(name);
    assert.equal(exitCode, 0);
    assert.match(out, new RegExp(`^${id}\\b`, "m"));
  }
  const { backends } = await answer<{ backends: { id: string; available: boolean; reason: string }[] }>("backends");
  assert.ok(backends.some(({ id, available }) => id === "cpu" && available));
});

test("gradient gives every parameter's values in its shape, the same for the same seed", async () => {
  const one = await answer<{ parameters: { name: string; shape: number[]; values: number[] }[] }>(
    "gradient",
    teaching("two-layers.ts"),
    "--seed",
    "3",
  );
  const again = await answer<typeof one>("gradient", teaching("two-layers.ts"), "--seed", "3");
  const other = await answer<typeof one>("gradient", teaching("two-layers.ts"), "--seed", "4");
  assert.deepEqual(one, again);
  assert.notDeepEqual(one.parameters, other.parameters);
  assert.deepEqual(
    one.parameters.map(({ name, shape }) => [name, shape]),
    [
      ["first", [3]],
      ["second/weight", [3, 2]],
      ["second/bias", [2]],
    ],
  );
  for (const { shape, values } of one.parameters)
    assert.equal(
      values.length,
      shape.reduce((product, axis) => product * axis, 1),
    );
});

test("gradient with enumeration is the exact gradient of bias", async () => {
  const { parameters } = await answer<{ parameters: { values: number[] }[] }>(
    "gradient",
    teaching("two-layers.ts"),
    "--estimator",
    "enumeration",
  );
  const bias = await answer<{ verdict: string; parameters: { exact: number[]; variance: number[] }[] }>(
    "bias",
    teaching("two-layers.ts"),
    "--estimator",
    "enumeration",
  );
  assert.deepEqual(
    parameters.map(({ values }) => values),
    bias.parameters.map(({ exact }) => exact),
  );
  assert.equal(bias.verdict, "unbiased");
  const variance = await answer<{ parameters: { monteCarlo: number; total: number }[] }>(
    "variance",
    teaching("two-layers.ts"),
    "--estimator",
    "enumeration",
  );
  for (const { monteCarlo, total } of variance.parameters) assert.deepEqual([monteCarlo, total], [0, 0]);
});

test("variance parts add up, and its elements add up to them", async () => {
  interface Variance {
    parameters: {
      name: string;
      monteCarlo: number;
      data: number;
      total: number;
      snr: number;
      interval: [number, number];
      draws: number;
      elements: { monteCarlo: number[]; data: number[]; total: number[] };
    }[];
  }
  const { parameters } = await answer<Variance>(
    "variance",
    teaching("two-layers.ts"),
    "--estimator",
    "lr",
    "--draws",
    "200",
  );
  for (const { monteCarlo, data, total, interval, draws, elements } of parameters) {
    assert.equal(data, 0);
    assert.equal(total, monteCarlo);
    assert.ok(interval[0] <= monteCarlo && monteCarlo <= interval[1]);
    assert.ok(draws >= 200);
    const sum = elements.monteCarlo.reduce((all, value) => all + value, 0);
    assert.ok(Math.abs(sum - monteCarlo) < 1e-9 * (1 + monteCarlo));
    assert.deepEqual(elements.total, elements.monteCarlo);
  }
});

test("variance by sampling agrees with the enumerated variance of bias, within five standard errors", async () => {
  // Replicates of a variance from 20 000 draws spread by some 2 %; ten per cent is five times that.
  const sampled = await answer<{ parameters: { monteCarlo: number }[] }>(
    "variance",
    teaching("two-layers.ts"),
    "--estimator",
    "muprop",
    "--draws",
    "20000",
  );
  const exact = await answer<{ parameters: { variance: number[] }[] }>(
    "bias",
    teaching("two-layers.ts"),
    "--estimator",
    "muprop",
  );
  sampled.parameters.forEach(({ monteCarlo }, i) => {
    const expected = exact.parameters[i]!.variance.reduce((all, value) => all + value, 0);
    assert.ok(Math.abs(monteCarlo - expected) < 0.1 * expected, `expected ${expected}, got ${monteCarlo}`);
  });
});

test("a data set gives variance its data part, and large tensors have elements only when asked for", async () => {
  const model = join(teaching(".."), "sbn-200.ts");
  const args = ["variance", model, "--batch", "4", "--draws", "4"];
  const { parameters } = await answer<{ parameters: { data: number; elements?: unknown }[] }>(...args);
  assert.ok(parameters.every(({ data }) => data >= 0) && parameters.some(({ data }) => data > 0));
  assert.ok(parameters.every(({ elements }) => elements === undefined));
  const asked = await answer<{ parameters: { shape: number[]; elements: { total: number[] } }[] }>(
    ...args,
    "--elements",
  );
  for (const { shape, elements } of asked.parameters)
    assert.equal(
      elements.total.length,
      shape.reduce((product, axis) => product * axis, 1),
    );
});

test("graph names nodes, costs and edges, with source lines and estimators", async () => {
  const { nodes, edges } = await answer<{
    nodes: { name: string; kind: string; estimator?: string; source?: { file: string; line: number } }[];
    edges: { from: string; to: string }[];
  }>("graph", teaching("dag.ts"));
  const names = nodes.map(({ name }) => name);
  for (const name of ["prior", "toA", "toB", "c", "a", "b", "near", "left", "right"])
    assert.ok(names.includes(name), name);
  for (const { from, to } of edges) assert.ok(names.includes(from) && names.includes(to));
  assert.ok(edges.some(({ from, to }) => from === "c" && to === "near"));
  assert.ok(!edges.some(({ from, to }) => from === "a" && to === "right"));
  assert.equal(nodes.find(({ name }) => name === "b")?.estimator, "straight-through");
  const lines = readFileSync(teaching("dag.ts"), "utf8").split("\n");
  for (const { name, source } of nodes) assert.match(lines[source!.line - 1]!, new RegExp(`"${name}"`));
  const { out } = await gradlens("graph", teaching("dag.ts"), "--dot");
  assert.match(out, /^digraph "dag" \{\n/);
  assert.match(out, /^ {2}"c" -> "near";$/m);
});

test("train answers with its loss curve and leaves a run folder whose checkpoint the others read", async () => {
  const runFolder = join(folder, "run");
  interface Trained {
    exitCode: number;
    model: string;
    steps: number;
    loss: [number, number][];
    evaluation: Record<string, unknown>;
    secondsPerStep: number;
    runFolder: string;
  }
  const trained = await answer<Trained>(
    "train",
    teaching("one-bit.ts"),
    "--steps",
    "50",
    "--estimator",
    "lr-c",
    "--run-folder",
    runFolder,
  );
  assert.equal(trained.exitCode, 0);
  assert.deepEqual(
    [trained.model, trained.steps, trained.loss.length, trained.runFolder],
    ["one-bit", 50, 50, runFolder],
  );
  assert.deepEqual(
    trained.loss.map(([step]) => step),
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
  assert.ok(trained.secondsPerStep > 0);
  assert.equal(typeof trained.evaluation, "object");
  const before = await answer<{ parameters: { exact: number[] }[] }>("bias", teaching("one-bit.ts"));
  const after = await answer<typeof before>(
    "bias",
    teaching("one-bit.ts"),
    "--checkpoint",
    runFolder,
    "--estimator",
    "lr-c",
  );
  assert.notEqual(before.parameters[0]!.exact[0], after.parameters[0]!.exact[0]);
  const resumed = await answer<Trained>("train", "--resume", runFolder, "--steps", "60");
  assert.deepEqual([resumed.steps, resumed.loss.at(-1)![0]], [60, 60]);
});

test("no answer holds a number that JSON has not", async () => {
  for (const args of [
    ["variance", teaching("dag.ts")],
    ["bias", teaching("dag.ts"), "--method", "sample"],
    ["graph", teaching("dag.ts")],
  ]) {
    assertNoText(await answer(...args));
  }
});

test("help and the people's output go to standard output, with exit code 0", async () => {
  const help = await gradlens("bias", "--help");
  assert.equal(help.exitCode, 0);
  assert.match(help.out, /Usage: gradlens bias/);
  assert.equal(help.err, "");
  const bias = await gradlens("bias", teaching("one-bit.ts"), "--estimator", "muprop");
  assert.match(bias.out, /theta +\[1\] +0\.268 +\S+ +0\.00479 +unbiased/);
});

test("compare puts estimators side by side and exits 0 whatever the verdicts", async () => {
  interface Compared {
    exitCode: number;
    estimators: {
      id: string;
      variance: number;
      verdict: string;
      secondsPerStep: number;
      evaluationsPerStep: number;
      efficiency: number | null;
    }[];
  }
  const { exitCode, estimators } = await answer<Compared>(
    "compare",
    teaching("one-bit.ts"),
    "--estimators",
    "lr,muprop,half,enumeration",
  );
  assert.equal(exitCode, 0);
  assert.deepEqual(
    estimators.map(({ id, verdict, evaluationsPerStep }) => [id, verdict, evaluationsPerStep]),
    [
      ["lr", "unbiased", 1],
      ["muprop", "unbiased", 2],
      ["half", "biased", 1],
      ["enumeration", "unbiased", 2],
    ],
  );
  assert.ok(estimators[1]!.variance < estimators[0]!.variance);
  assert.equal(estimators[3]!.efficiency, null);
  for (const { secondsPerStep, variance, efficiency } of estimators.slice(0, 3)) {
    assert.ok(Math.abs(efficiency! * variance * secondsPerStep - 1) < 1e-9);
  }
});

test("compare takes every estimator that serves the model when none is named", async () => {
  const { estimators } = await answer<{ estimators: { id: string }[] }>("compare", teaching("one-bit.ts"));
  const ids = estimators.map(({ id }) => id);
  for (const id of ["lr", "lr-c-vn-idb", "muprop-c", "straight-through", "half", "enumeration"])
    assert.ok(ids.includes(id), id);
});

test("trunks tells every layer's expansion and what a rollout would do, or why it says nothing", async () => {
  interface Trunks {
    readonly passes: number;
    readonly layers: readonly {
      readonly node: string;
      readonly meanField: readonly number[];
      readonly expansion?: { readonly residual: number; readonly correction: readonly number[] };
    }[];
    readonly rollout: {
      readonly refusal: string | null;
      readonly whole: { readonly ratio: number; readonly interval: readonly [number, number] } | null;
      readonly secondsInterval: readonly [number, number] | null;
      readonly draws: number;
    } | null;
  }
  const two = await answer<Trunks>("trunks", teaching("two-layers.ts"), "--passes", "16", "--draws", "300");
  assertNoText(two);
  assert.equal(two.exitCode, 0);
  assert.equal(two.passes, 16);
  assert.deepEqual(
    two.layers.map(({ node, meanField, expansion }) => [node, meanField.length, expansion?.correction.length]),
    [
      ["h1", 3, 3],
      ["h2", 2, 2],
    ],
  );
  const { whole, draws, secondsInterval, refusal: none } = two.rollout!;
  assert.equal(none, null);
  assert.equal(draws, 300);
  assert.ok(whole!.interval[0] <= whole!.ratio && whole!.ratio <= whole!.interval[1]);
  assert.ok(secondsInterval![0] > 0);
  const { out } = await gradlens("trunks", teaching("two-layers.ts"), "--draws", "40");
  assert.match(out, /rollout: variance .+ times MuProp's at .+ times the time, 1\.50 times the evaluations/);

  const gamma = await answer<Trunks>("trunks", teaching("../continuous/gamma-toy.ts"));
  assert.equal(gamma.rollout!.whole, null);
  assert.match(gamma.rollout!.refusal!, /serves Bernoulli and categorical nodes.*this model has gamma/);
  const left = await answer<Trunks>("trunks", teaching("two-layers.ts"), "--no-rollout");
  assert.equal(left.rollout, null);
});
