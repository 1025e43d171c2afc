import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { checkLints } from "../../../core/diagnostics/lints/checkLints";
import { VarianceTrend } from "../../../core/diagnostics/varianceTrend";
import { lints } from "../../../core/diagnostics/lints/registry";
import { loadModelFile, pickModel } from "../../../core/engine/modelLoader";
import { prepare } from "../../../core/engine/prepare";
import type { EstimatorState } from "../../../core/estimators/estimator";
import { ScalarAdam } from "../../../core/estimators/scalarAdam";
import { bernoulli, cost, defineModel, normal, observe, parameter, sample, tf } from "../../../core/index";
import type { ModelDefinition } from "../../../core/model/defineModel";
import type { LintFinding } from "../../../core/protocol/lints";
import { makeBench, measure } from "./support";

before(() => useBackend("cpu"));

const bits = (logits: readonly number[]): ModelDefinition =>
  defineModel("bits", () => {
    const theta = parameter("theta", [...logits]);
    return {
      program() {
        cost("f", tf.exp(tf.sum(sample("h", bernoulli({ logits: theta })), -1)));
      },
    };
  });

/** The sign of the cost is another bit's, so that the first one's signal is as often up as down. */
const twoSigned = defineModel("two-signed", () => {
  const theta = parameter("theta", [0.4]);
  const sign = parameter("sign", [0]);
  return {
    program() {
      const h = sample("h", bernoulli({ logits: theta }));
      const s = sample("s", bernoulli({ logits: sign }), { estimator: "lr" });
      cost("f", tf.sum(tf.mul(tf.sub(tf.mul(2, s), 1), tf.add(h, 0.5)), -1));
    },
  };
});

const gaussian = (f: (z: tf.Tensor) => tf.Tensor): ModelDefinition =>
  defineModel("gaussian", () => {
    const mean = parameter("mean", [0.3, -0.2]);
    return {
      program() {
        cost("f", tf.sum(f(sample("z", normal({ mean, std: tf.onesLike(mean) }))), -1));
      },
    };
  });

const gaussianBound = defineModel("gaussian-bound", () => {
  const mean = parameter("mean", [0.3]);
  return {
    guide() {
      sample("z", normal({ mean, std: tf.onesLike(mean) }));
    },
    model() {
      const z = sample("z", normal({ mean: tf.zeros([1]), std: tf.ones([1]) }));
      observe("x", normal({ mean: z, std: tf.ones([1]) }), tf.tensor1d([1.5]));
    },
  };
});

interface Given {
  readonly definition: ModelDefinition;
  readonly estimator: string;
  readonly objective?: string;
  readonly samples?: number;
  /** Baseline of node h, as training leaves it. */
  readonly state?: EstimatorState;
  /** The parameter's value at the i-th of 32 measurements beside training. */
  readonly parameterAt?: (measurement: number) => number;
}

const MEASUREMENTS = 32;

function findings({
  definition,
  estimator,
  objective,
  samples = 1,
  state,
  parameterAt,
}: Given): readonly LintFinding[] {
  const bench = makeBench(definition, estimator, { numSamples: samples, ...(objective ? { objective } : {}) });
  if (state) bench.estimators.get("h")!.restore(state);
  const trend = new VarianceTrend();
  if (parameterAt) {
    const [{ variable }] = bench.instance.parameters as [(typeof bench.instance.parameters)[number]];
    for (let i = 0; i < MEASUREMENTS; i++) {
      variable.assign(tf.fill(variable.shape, parameterAt(i)));
      const measured = measure(bench, { draws: 32, seed: i });
      trend.add(10 * i, new Map(measured.map(({ name, monteCarlo }) => [name, monteCarlo])));
    }
  }
  const found = checkLints({ ...bench, seed: 0, step: 0, growth: trend.growing });
  bench.dispose();
  return found;
}

/** Moving moments in their saved form: mean, and mean squared distance. */
function moments(mean: number, variance: number): EstimatorState[string] {
  return { shape: [6], values: new Float32Array(new Float64Array([1, mean, variance]).buffer) };
}

const square = (z: tf.Tensor): tf.Tensor => tf.square(z);
const plain = bits([0.3, -0.8]);
const centredAt = (mean: number): EstimatorState => ({ average: moments(mean, 0), residual: moments(0, 0) });

/** For every lint a model on which it speaks and one, as close to it as can be, on which it must not. */
/** A learned temperature after some steps. */
const learnedTo = (temperature: number): EstimatorState => ({
  steps: { shape: [1], values: Float32Array.of(5) },
  temperature: new ScalarAdam([Math.log(temperature)], 1).state(),
});

const cases: Readonly<Record<string, { readonly fires: Given; readonly silent: Given }>> = {
  "biased-estimator": {
    fires: { definition: plain, estimator: "straight-through" },
    silent: { definition: plain, estimator: "muprop" },
  },
  "sticking-the-landing-samples": {
    fires: { definition: gaussianBound, estimator: "sticking-the-landing", objective: "iwae", samples: 3 },
    silent: { definition: gaussianBound, estimator: "sticking-the-landing", objective: "iwae", samples: 1 },
  },
  "kinked-derivatives": {
    fires: { definition: gaussian((z) => tf.relu(z)), estimator: "gsb" },
    silent: { definition: gaussian(square), estimator: "gsb" },
  },
  "path-through-jump": {
    fires: { definition: gaussian((z) => tf.step(z)), estimator: "pathwise" },
    silent: { definition: gaussian((z) => tf.step(z)), estimator: "lr" },
  },
  "truncated-series": {
    fires: { definition: gaussian((z) => tf.exp(z)), estimator: "gsb(order=2)" },
    silent: { definition: gaussian((z) => tf.exp(z)), estimator: "gsb" },
  },
  "score-with-path": {
    fires: { definition: gaussian(square), estimator: "lr" },
    silent: { definition: gaussian((z) => tf.step(z)), estimator: "lr" },
  },
  "variance-normalisation": {
    fires: { definition: plain, estimator: "lr-c-vn", state: { average: moments(2, 9), residual: moments(0, 9) } },
    silent: { definition: plain, estimator: "lr-c-vn", state: { average: moments(2, 0.5), residual: moments(0, 0.5) } },
  },
  "temperature-bound": {
    fires: { definition: plain, estimator: "gumbel-softmax(learn=yes)", state: learnedTo(0.1) },
    silent: { definition: plain, estimator: "gumbel-softmax(learn=yes)", state: learnedTo(0.11) },
  },
  "harmful-baseline": {
    fires: { definition: plain, estimator: "lr-c", state: centredAt(60) },
    silent: { definition: plain, estimator: "lr-c", state: centredAt(3) },
  },
  "dead-baseline": {
    fires: { definition: twoSigned, estimator: "lr-c", state: centredAt(0.1) },
    silent: { definition: plain, estimator: "lr-c", state: centredAt(3) },
  },
  "saturated-units": {
    fires: { definition: bits([9, 0.2]), estimator: "lr" },
    silent: { definition: bits([4, 0.2]), estimator: "lr" },
  },
  "collapsed-entropy": {
    fires: { definition: bits([8, -9]), estimator: "lr" },
    silent: { definition: bits([8, 0.5]), estimator: "lr" },
  },
  // The variance of lr under z² grows with the mean's fourth power.
  "growing-variance": {
    fires: { definition: gaussian(square), estimator: "lr", parameterAt: (i) => 1 + i / 10 },
    silent: { definition: gaussian(square), estimator: "lr", parameterAt: () => 1 },
  },
};

test("every lint has a model on which it speaks and one on which it is silent", () => {
  assert.deepEqual(Object.keys(cases).sort(), lints.map(({ id }) => id).sort());
});

for (const [id, { fires, silent }] of Object.entries(cases)) {
  test(`${id} speaks where it should and nowhere else`, () => {
    const found = findings(fires).filter(({ lint }) => lint === id);
    assert.equal(found.length, 1, JSON.stringify(found));
    assert.equal(found[0]!.node, id === "growing-variance" ? "mean" : structureNode(fires));
    assert.deepEqual(
      findings(silent).filter(({ lint }) => lint === id),
      [],
    );
  });
}

function structureNode({ definition }: Given): string {
  return definition.name.startsWith("gaussian") ? "z" : "h";
}

for (const estimator of ["straight-through", "half", "darn", "gumbel-softmax", "st-gumbel-softmax", "mean-passing"]) {
  test(`${estimator} at a node of bits is told to be biased`, () => {
    const found = findings({ definition: plain, estimator });
    assert.deepEqual(
      found.map(({ lint, instead, everywhere }) => [lint, instead, everywhere]),
      [["biased-estimator", ["muprop-c", "lr-c"], ["muprop-c", "lr-c"]]],
    );
  });
}

for (const estimator of ["rebar", "relax", "disarm", "local-expectation", "measure-valued"]) {
  test(`${estimator} at a node of bits is not`, () => {
    const found = findings({ definition: plain, estimator });
    assert.ok(!found.some(({ lint }) => lint === "biased-estimator"));
  });
}

test("a finding names the line of its node and the estimators that would do away with it", async () => {
  const loaded = loadModelFile("examples/teaching/dag.ts");
  const prepared = await prepare(pickModel(loaded, undefined).definition, loaded.file);
  const [found] = checkLints({ ...prepared, data: prepared.batch(0), step: 0 });
  assert.equal(found!.node, "b");
  assert.ok(found!.source!.file.endsWith("dag.ts"));
  const line = readFileSync(found!.source!.file, "utf8").split("\n")[found!.source!.line - 1]!;
  assert.match(line, /sample\("b"/);
  assert.deepEqual(found!.instead, ["muprop-c", "lr-c"]);
  prepared.dispose();
});

test("a bit away from its ends with an unbiased estimator gives nothing to say", () => {
  assert.deepEqual(findings({ definition: plain, estimator: "lr" }), []);
});

test("every lint is explained in docs/lints.md", () => {
  const text = readFileSync("docs/lints.md", "utf8");
  for (const { id, title } of lints) assert.ok(text.includes(`## ${id}\n\n**${title}**`), id);
});

test("lints that judge by the text are told from those that need training", () => {
  const bench = makeBench(plain, "straight-through");
  const request = { ...bench, seed: 0, step: 0 };
  const ids = (basis: "text" | "training"): readonly string[] =>
    checkLints({ ...request, basis }).map(({ lint }) => lint);
  assert.deepEqual(ids("text"), ["biased-estimator"]);
  assert.deepEqual(ids("training"), []);
  bench.dispose();
});
