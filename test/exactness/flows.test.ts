import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../core/backends/tf";
import type { Distribution } from "../../core/distributions/distribution";
import { affineCoupling } from "../../core/distributions/flows/affineCoupling";
import { flow } from "../../core/distributions/flows/flow";
import { planar } from "../../core/distributions/flows/planar";
import { normal } from "../../core/distributions/normal";
import type { ModelFunctions } from "../../core/model/defineModel";
import { observe } from "../../core/model/observe";
import { sample } from "../../core/model/sample";
import { momentsOf, type Parameters, rowGradients, type Tensors } from "./continuousRows";
import { differentiate, logNormal, planarMap } from "./support/float64";
import { leavesNoTensors } from "../support/leavesNoTensors";
import { startTestBackend } from "../support/testBackend";

leavesNoTensors(startTestBackend);

const estimators = ["lr", "pathwise", "sticking-the-landing", "dreg"];

/** Trapezoidal nodes ε and weights of a standard normal. */
function standardNodes(count: number): readonly { readonly epsilon: number; readonly weight: number }[] {
  const step = 14 / (count - 1);
  return Array.from({ length: count }, (_, i) => {
    const epsilon = -7 + i * step;
    return { epsilon, weight: (Math.exp(-0.5 * epsilon * epsilon) * step) / Math.sqrt(2 * Math.PI) };
  });
}

/** Every estimator's weighted mean against the exact gradient, 1e-5 of the summed magnitude. */
function compare(
  what: string,
  rows: Record<string, Float64Array>,
  exact: Record<string, readonly number[]>,
  weight: readonly number[],
): void {
  for (const [name, values] of Object.entries(exact)) {
    values.forEach((value, k) => {
      let mean = 0;
      let magnitude = 0;
      weight.forEach((w, i) => {
        const g = rows[name]![i * values.length + k]!;
        assert.ok(Number.isFinite(g), `${what}, ${name}[${k}]: ${g} in row ${i}`);
        mean += w * g;
        magnitude += w * Math.abs(g);
      });
      assert.ok(
        Math.abs(mean - value) < 1e-5 * (1 + magnitude),
        `${what}, ${name}[${k}]: mean ${mean}, exact ${value}`,
      );
    });
  }
}

// One unit: two planar layers beside a Gaussian model, h ~ N(0, 1), x | h ~ N(sin h, 0.8²).

const x = 1.3;
const one: Parameters = { mean: [0.4], std: [0.9], u1: [1.2], w1: [0.7], b1: [-0.3], u2: [-2.1], w2: [0.8], b2: [0.2] };

function planarFlow(own: Tensors): Distribution {
  return flow({
    base: normal({ mean: own.mean!, std: own.std! }),
    layers: [planar({ u: own.u1!, w: own.w1!, b: own.b1! }), planar({ u: own.u2!, w: own.w2!, b: own.b2! })],
  });
}

const sine = (own: Tensors): ModelFunctions => ({
  guide: () => void sample("h", planarFlow(own)),
  model: () => {
    const h = sample("h", normal({ mean: [0], std: [1] }));
    observe("x", normal({ mean: tf.sin(h), std: [0.8] }), tf.tensor1d([x]));
  },
});

/** z and log q(z) at ε, in double precision. */
function planarAt(p: Parameters, epsilon: number): { z: number; logQ: number } {
  const start = p.mean![0]! + p.std![0]! * epsilon;
  let moved = planarMap([start], p.u1!, p.w1!, p.b1![0]!);
  let logQ = logNormal(start, p.mean![0]!, p.std![0]!) - moved.logDeterminant;
  moved = planarMap(moved.value, p.u2!, p.w2!, p.b2![0]!);
  logQ -= moved.logDeterminant;
  return { z: moved.value[0]!, logQ };
}

const jointOf = (z: number): number => logNormal(z, 0, 1) + logNormal(x, Math.sin(z), 0.8);

for (const estimator of estimators) {
  test(`through two planar layers the mean of ${estimator} is the exact gradient of the ELBO`, () => {
    const nodes = standardNodes(281);
    const weight = nodes.map((node) => node.weight);
    const exact = differentiate(one, (p) =>
      nodes.reduce((sum, node) => {
        const { z, logQ } = planarAt(p, node.epsilon);
        return sum + node.weight * (logQ - jointOf(z));
      }, 0),
    );
    const values = { h: Float32Array.from(nodes, ({ epsilon }) => planarAt(one, epsilon).z) };
    compare(
      estimator,
      rowGradients(estimator, one, sine, { numRows: nodes.length, values, objective: "elbo" }),
      exact,
      weight,
    );
  });
}

test("with two samples of the importance-weighted bound and a flow, dreg, pathwise and lr are unbiased, sticking the landing is not", () => {
  const side = standardNodes(71);
  const pairs = side.flatMap((a) => side.map((b) => [a, b] as const));
  const weight = pairs.map(([a, b]) => a.weight * b.weight);
  const exact = differentiate(one, (p) => {
    const logs = new Map(side.map((node) => [node, planarAt(p, node.epsilon)]));
    return pairs.reduce((sum, pair, i) => {
      const [first, second] = pair.map((node) => {
        const { z, logQ } = logs.get(node)!;
        return jointOf(z) - logQ;
      }) as [number, number];
      const top = Math.max(first, second);
      return sum - weight[i]! * (top + Math.log((Math.exp(first - top) + Math.exp(second - top)) / 2));
    }, 0);
  });
  const at = new Map(side.map((node) => [node, planarAt(one, node.epsilon).z]));
  const values = { h: Float32Array.from([0, 1].flatMap((k) => pairs.map((pair) => at.get(pair[k]!)!))) };
  const rowsOf = (estimator: string): Record<string, Float64Array> =>
    rowGradients(estimator, one, sine, { numRows: pairs.length, numSamples: 2, values, objective: "iwae" });
  for (const estimator of ["lr", "pathwise", "dreg"]) compare(estimator, rowsOf(estimator), exact, weight);
  const biased = rowsOf("sticking-the-landing");
  const weights = Float64Array.from(weight);
  const bias = (name: string): number => momentsOf(biased[name]!, 1, 0, weights).mean - exact[name]![0]!;
  assert.ok(Math.abs(bias("mean")) > 0.02 && Math.abs(bias("u1")) > 0.01, `${bias("mean")}, ${bias("u1")}`);
});

// Two units: coupling both ways and a planar layer between, beside a banana-shaped target.

const two: Parameters = {
  mean: [0.2, -0.3],
  std: [0.8, 1.1],
  first: [0.5, 0.3, -0.4, 0.2], // shift = a tanh(k) + b, log scale = c k/(1 + k²) + d
  second: [-0.6, 0.1, 0.5, -0.1],
  u: [0.9, -1.4],
  w: [0.6, 0.5],
  b: [0.3],
};

function coupling(own: tf.Tensor, keep: "first" | "last"): ReturnType<typeof affineCoupling> {
  return affineCoupling({
    keep,
    conditioner: (k) => {
      const [a, b, c, d] = tf.split(own, 4, -1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      return {
        shift: tf.add(tf.mul(a, tf.tanh(k)), b),
        logScale: tf.add(tf.mul(c, tf.div(k, tf.add(1, tf.square(k)))), d),
      };
    },
  });
}

const twoUnits = (own: Tensors): Distribution =>
  flow({
    base: normal({ mean: own.mean!, std: own.std! }),
    layers: [coupling(own.first!, "first"), planar({ u: own.u!, w: own.w!, b: own.b! }), coupling(own.second!, "last")],
  });

function coupledAt([a, b, c, d]: readonly number[], k: number, other: number): { value: number; logScale: number } {
  const logScale = (c! * k) / (1 + k * k) + d!;
  return { value: a! * Math.tanh(k) + b! + Math.exp(logScale) * other, logScale };
}

function twoUnitsAt(p: Parameters, epsilon: readonly number[]): { z: readonly number[]; logQ: number } {
  let z: readonly number[] = epsilon.map((e, i) => p.mean![i]! + p.std![i]! * e);
  let logQ = z.reduce((sum, v, i) => sum + logNormal(v, p.mean![i]!, p.std![i]!), 0);
  const one = coupledAt(p.first!, z[0]!, z[1]!);
  z = [z[0]!, one.value];
  const between = planarMap(z, p.u!, p.w!, p.b![0]!);
  z = between.value;
  const last = coupledAt(p.second!, z[1]!, z[0]!);
  logQ -= one.logScale + between.logDeterminant + last.logScale;
  return { z: [last.value, z[1]!], logQ };
}

test("through affine coupling of two units the mean of every estimator is the exact gradient of the ELBO", () => {
  const side = standardNodes(71);
  const points = side.flatMap((a) =>
    side.map((b) => ({ epsilon: [a.epsilon, b.epsilon], weight: a.weight * b.weight })),
  );
  const target = (z: readonly number[]): number =>
    logNormal(z[0]!, 0, 1) + logNormal(z[1]!, 0, 1) + logNormal(0.7, z[1]! + 0.5 * z[0]! ** 2, 0.9);
  const build = (own: Tensors): ModelFunctions => ({
    guide: () => void sample("z", twoUnits(own)),
    model: () => {
      const z = sample("z", normal({ mean: [0, 0], std: [1, 1] }));
      const [z0, z1] = tf.split(z, 2, -1) as [tf.Tensor, tf.Tensor];
      observe("x", normal({ mean: tf.add(z1, tf.mul(0.5, tf.square(z0))), std: [0.9] }), tf.tensor1d([0.7]));
    },
  });
  const exact = differentiate(two, (p) =>
    points.reduce((sum, { epsilon, weight }) => {
      const { z, logQ } = twoUnitsAt(p, epsilon);
      return sum + weight * (logQ - target(z));
    }, 0),
  );
  const values = { z: Float32Array.from(points.flatMap(({ epsilon }) => twoUnitsAt(two, epsilon).z)) };
  const weight = points.map((point) => point.weight);
  for (const estimator of estimators)
    compare(
      estimator,
      rowGradients(estimator, two, build, { numRows: points.length, values, objective: "elbo" }),
      exact,
      weight,
    );
});

test("where the posterior is the flow's density, sticking the landing and dreg are zero for every draw, and pathwise is not", () => {
  for (const [parameters, make] of [
    [one, planarFlow],
    [two, twoUnits],
  ] as const) {
    const target = (): Distribution =>
      make(Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, tf.tensor1d([...value])])));
    const build = (own: Tensors): ModelFunctions => ({
      guide: () => void sample("z", make(own)),
      model: () => void sample("z", target()),
    });
    const rowsOf = (estimator: string): Record<string, Float64Array> =>
      rowGradients(estimator, parameters, build, { numRows: 500, objective: "elbo" });
    for (const estimator of ["sticking-the-landing", "dreg"])
      for (const [name, row] of Object.entries(rowsOf(estimator)))
        assert.ok(
          row.every((g) => Math.abs(g) < 2e-5),
          `${estimator}, ${name}: ${Math.max(...row.map(Math.abs))}`,
        );
    const pathwise = rowsOf("pathwise");
    for (const [name, row] of Object.entries(pathwise)) {
      const { mean, variance, standardError } = momentsOf(row.filter((_, i) => i % parameters[name]!.length === 0));
      assert.ok(variance > 1e-3, `${name}: variance ${variance}`);
      assert.ok(
        Math.abs(mean) < 5.5 * standardError,
        `${name}: the score has mean 0, found ${mean} ± ${standardError}`,
      );
    }
  }
});

test("a flow given another node: every estimator's mean is the exact gradient, of both layers", () => {
  const layered: Parameters = { mean1: [0.3], std1: [0.7], slope: [0.6], std2: [0.8], u: [1.5], w: [0.9], b: [0.2] };
  const build = (own: Tensors): ModelFunctions => ({
    guide: () => {
      const h1 = sample("h1", normal({ mean: own.mean1!, std: own.std1! }));
      const base = normal({ mean: tf.mul(own.slope!, h1), std: own.std2! });
      sample("h2", flow({ base, layers: [planar({ u: tf.add(own.u!, tf.mul(0.2, h1)), w: own.w!, b: own.b! })] }));
    },
    model: () => {
      const h2 = sample("h2", normal({ mean: [0], std: [1] }));
      const h1 = sample("h1", normal({ mean: tf.sin(h2), std: [1] }));
      observe("x", normal({ mean: h1, std: [0.8] }), tf.tensor1d([x]));
    },
  });
  const at = (p: Parameters, e1: number, e2: number): { h1: number; h2: number; logQ: number } => {
    const h1 = p.mean1![0]! + p.std1![0]! * e1;
    const mean = p.slope![0]! * h1;
    const start = mean + p.std2![0]! * e2;
    const moved = planarMap([start], [p.u![0]! + 0.2 * h1], p.w!, p.b![0]!);
    const logQ = logNormal(h1, p.mean1![0]!, p.std1![0]!) + logNormal(start, mean, p.std2![0]!) - moved.logDeterminant;
    return { h1, h2: moved.value[0]!, logQ };
  };
  const side = standardNodes(71);
  const points = side.flatMap((a) => side.map((b) => [a, b] as const));
  const weight = points.map(([a, b]) => a.weight * b.weight);
  const exact = differentiate(layered, (p) =>
    points.reduce((sum, [a, b], i) => {
      const { h1, h2, logQ } = at(p, a.epsilon, b.epsilon);
      const joint = logNormal(h2, 0, 1) + logNormal(h1, Math.sin(h2), 1) + logNormal(x, h1, 0.8);
      return sum + weight[i]! * (logQ - joint);
    }, 0),
  );
  const drawn = points.map(([a, b]) => at(layered, a.epsilon, b.epsilon));
  const values = { h1: Float32Array.from(drawn, ({ h1 }) => h1), h2: Float32Array.from(drawn, ({ h2 }) => h2) };
  for (const estimator of estimators) {
    const rows = rowGradients(estimator, layered, build, { numRows: points.length, values, objective: "elbo" });
    compare(estimator, rows, exact, weight);
  }
});
