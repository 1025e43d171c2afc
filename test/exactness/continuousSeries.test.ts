import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../core/backends/tf";
import { beta } from "../../core/distributions/beta";
import { dirac } from "../../core/distributions/dirac";
import { dirichlet } from "../../core/distributions/dirichlet";
import { gamma } from "../../core/distributions/gamma";
import { laplace } from "../../core/distributions/laplace";
import { normal } from "../../core/distributions/normal";
import type { ModelFunctions } from "../../core/model/defineModel";
import { observe } from "../../core/model/observe";
import { sample } from "../../core/model/sample";
import { type Cost, costs, exactGradient, families, type Family, quadrature } from "./continuousFamilies";
import { costRows, momentsOf, rowGradients, type Tensors } from "./continuousRows";
import { leavesNoTensors } from "../support/leavesNoTensors";
import { startTestBackend } from "../support/testBackend";

leavesNoTensors(startTestBackend);

/** n-th derivatives of the smooth costs, n ≥ 1. */
const derivatives: Readonly<Record<string, (n: number, z: number) => number>> = {
  square: (n, z) => (n === 1 ? 2 * z : n === 2 ? 2 : 0),
  cube: (n, z) => [3 * z * z, 6 * z, 6][n - 1] ?? 0,
  exp: (_, z) => Math.exp(z),
  sin: (n, z) => Math.sin(z + (n * Math.PI) / 2),
  // 2 Re of the derivatives of log(1 + iz): (−1)ⁿ⁻¹ (n − 1)! iⁿ / (1 + iz)ⁿ
  "log1p(z²)": (n, z) => {
    let factorial = 1;
    for (let k = 2; k < n; k++) factorial *= k;
    const angle = n * (Math.PI / 2 - Math.atan(z));
    return 2 * (n % 2 === 1 ? 1 : -1) * factorial * Math.cos(angle) * (1 + z * z) ** (-n / 2);
  },
  "ReLU net": (n, z) => (n === 1 ? 2 * Number(z > 0.25) - 0.7 * Number(z > -0.3) : 0),
};

/** ∂A_n/∂θ of each parameter. */
const coefficients: Readonly<
  Record<string, (n: number, p: Readonly<Record<string, readonly number[]>>) => Record<string, number>>
> = {
  normal: (n, p) => ({ mean: n === 1 ? 1 : 0, std: n === 2 ? p.std![0]! : 0 }),
  laplace: (n, p) => ({ location: n === 1 ? 1 : 0, scale: n % 2 === 0 ? 2 * p.scale![0]! ** (n - 1) : 0 }),
  gamma: (n, p) => ({ concentration: p.scale![0]! ** n / n, scale: p.concentration![0]! * p.scale![0]! ** (n - 1) }),
};

function truncated(
  family: Family,
  cost: Cost,
  order: number,
  nodes: ReturnType<typeof quadrature>,
): Record<string, number> {
  const out: Record<string, number> = {};
  for (let n = 1; n <= order; n++) {
    let mean = 0;
    nodes.z.forEach((z, i) => (mean += nodes.weight[i]! * derivatives[cost.id]!(n, z)));
    for (const [name, slope] of Object.entries(coefficients[family.id]!(n, family.parameters)))
      out[name] = (out[name] ?? 0) + slope * mean;
  }
  return out;
}

const cases: readonly {
  readonly estimator: string;
  readonly families: readonly string[];
  readonly costs: readonly string[];
  readonly order: number | null;
}[] = [
  { estimator: "gsb", families: ["normal"], costs: ["square", "cube", "exp", "sin", "log1p(z²)"], order: null },
  { estimator: "gsb", families: ["laplace", "gamma"], costs: ["square", "cube", "exp"], order: null },
  { estimator: "gsb", families: ["normal", "laplace", "gamma"], costs: ["ReLU net"], order: 4 },
  { estimator: "gsb", families: ["laplace", "gamma"], costs: ["sin", "log1p(z²)"], order: 4 },
  { estimator: "gsb(order=1)", families: ["normal"], costs: ["square"], order: 1 },
  { estimator: "gsb(order=3)", families: ["laplace", "gamma"], costs: ["exp", "sin"], order: 3 },
  { estimator: "gsb(order=6)", families: ["laplace", "gamma"], costs: ["exp", "sin"], order: 6 },
  { estimator: "gsb(order=8)", families: ["gamma"], costs: ["sin"], order: 8 },
];

for (const { estimator, families: ids, costs: costIds, order } of cases) {
  for (const id of ids) {
    const family = families.find((candidate) => candidate.id === id)!;
    test(`the mean of ${estimator} on ${id} with ${costIds.join(", ")} is ${order === null ? "the exact gradient" : `the series up to order ${order}`}`, () => {
      const nodes = quadrature(family, 1200);
      for (const cost of costs.filter((candidate) => costIds.includes(candidate.id))) {
        const rows = costRows(estimator, family.make, family.parameters, cost.tensor, {
          numRows: nodes.z.length,
          values: nodes.z,
        });
        const expected =
          order === null
            ? Object.fromEntries(
                Object.entries(exactGradient(family, cost.number, nodes)).map(([name, [value]]) => [name, value!]),
              )
            : truncated(family, cost, order, nodes);
        for (const [name, value] of Object.entries(expected)) {
          let mean = 0;
          let magnitude = 0;
          nodes.weight.forEach((w, i) => {
            mean += w * rows[name]![i]!;
            magnitude += w * Math.abs(rows[name]![i]!);
          });
          assert.ok(
            Math.abs(mean - value) < 2e-5 * (1 + magnitude),
            `${cost.id}, ${name}: mean ${mean}, expected ${value}`,
          );
        }
      }
    });
  }
}

test("each row's estimate has the derivatives along every unit, of one linear form and of two", () => {
  const a = [0.5, -0.8, 0.3, 1.1, -0.4];
  const c = [0.2, 0.6, -0.5, 0.4, 0.9];
  const scale = 0.4;
  const numRows = 50;
  const values = Float32Array.from({ length: 5 * numRows }, (_, i) => Math.sin(3 * i + 1));
  const dot = (w: readonly number[], row: number): number => w.reduce((sum, x, j) => sum + x * values[5 * row + j]!, 0);
  const tensorDot = (z: tf.Tensor, w: readonly number[]): tf.Tensor => tf.sum(tf.mul(z, tf.tensor1d([...w])), -1, true);
  const forms: readonly {
    readonly f: (z: tf.Tensor) => tf.Tensor;
    readonly directions: readonly (readonly number[])[];
  }[] = [
    { f: (z) => tf.sin(tensorDot(z, a)), directions: [a] },
    { f: (z) => tf.add(tf.sin(tensorDot(z, a)), tf.sin(tensorDot(z, c))), directions: [a, c] },
  ];
  for (const { f, directions } of forms) {
    const rows = costRows(
      "gsb(order=4)",
      (p) => laplace({ location: p.location!, scale: p.scale! }),
      { location: [0, 0, 0, 0, 0], scale: Array<number>(5).fill(scale) },
      f,
      { numRows, values },
    );
    for (let row = 0; row < numRows; row++) {
      for (let j = 0; j < 5; j++) {
        const nth = (n: number): number =>
          directions.reduce((sum, w) => sum + w[j]! ** n * Math.sin(dot(w, row) + (n * Math.PI) / 2), 0);
        const [location, spread] = [rows.location![5 * row + j]!, rows.scale![5 * row + j]!];
        assert.ok(Math.abs(location - nth(1)) < 2e-5, `location ${j}: ${location}, expected ${nth(1)}`);
        const expected = 2 * scale * nth(2) + 2 * scale ** 3 * nth(4);
        assert.ok(Math.abs(spread - expected) < 2e-5, `scale ${j}: ${spread}, expected ${expected}`);
      }
    }
  }
});

test("on a ReLU net the rule that is exact for smooth costs misses the kinks: the derivative in a normal's std is lost", () => {
  const family = families.find(({ id }) => id === "normal")!;
  const nodes = quadrature(family, 1200);
  const cost = costs.find(({ id }) => id === "ReLU net")!;
  const rows = costRows("gsb", family.make, family.parameters, cost.tensor, {
    numRows: nodes.z.length,
    values: nodes.z,
  });
  assert.ok(Math.abs(exactGradient(family, cost.number, nodes).std![0]!) > 0.3);
  assert.ok(rows.std!.every((g) => g === 0));
});

test("on Dirac it is backpropagation", () => {
  const rows = costRows("gsb", (p) => dirac({ value: p.value! }), { value: [0.7, -1.2] }, tf.sin, { numRows: 3 });
  rows.value!.forEach((g, i) => assert.ok(Math.abs(g - Math.cos([0.7, -1.2][i % 2]!)) < 1e-6));
});

test("with full covariance it has the Hessian's mean, without noise on a quadratic cost", () => {
  const A = [
    [1, 0.3, -0.2],
    [0.3, 2, 0.5],
    [-0.2, 0.5, -1],
  ];
  const L = [
    [1.2, 0, 0],
    [-0.4, 0.8, 0],
    [0.3, 0.5, 0.6],
  ];
  const make = (p: Tensors): ReturnType<typeof normal> =>
    normal({ mean: p.mean!, scaleTril: tf.reshape(p.scaleTril!, [...p.scaleTril!.shape.slice(0, -1), 3, 3]) }) as never;
  const f = (z: tf.Tensor): tf.Tensor =>
    tf.mul(z, tf.reshape(tf.matMul(tf.reshape(z, [-1, 3]) as tf.Tensor2D, tf.tensor2d(A)), z.shape)); // zᵀAz, summed later
  const rows = costRows("gsb", make, { mean: [0.5, -1, 2], scaleTril: L.flat() }, f, { numRows: 4 });
  // ∂ Tr(L Lᵀ A)/∂L = 2 A L on and below the diagonal.
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      const exact = j > i ? 0 : 2 * A[i]!.reduce((sum, a, k) => sum + a * L[k]![j]!, 0);
      for (let row = 0; row < 4; row++)
        assert.ok(
          Math.abs(rows.scaleTril![row * 9 + i * 3 + j]! - exact) < 1e-4,
          `${i}, ${j}: ${rows.scaleTril![row * 9 + i * 3 + j]}, expected ${exact}`,
        );
    }
  }
});

test("a mean over draws is the truncated series for beta and Dirichlet (100 000 draws, false alarms below 1e-6)", () => {
  const weights = [0.3, -1, 2];
  const concentration = [4, 3.5, 6];
  const total = 13.5;
  const order = 3;
  const numRows = 100_000;
  const make = (p: Tensors): ReturnType<typeof dirichlet> => dirichlet({ concentration: p.concentration! });
  const rows = costRows(`gsb(order=${order})`, make, { concentration }, (z) => tf.mul(z, tf.tensor1d(weights)), {
    numRows,
  });
  const center = weights.reduce((sum, w, k) => sum + (w * concentration[k]!) / total, 0);
  weights.forEach((w, k) => {
    // f⁽ⁿ⁾ = (−1)ⁿ n!/sⁿ (w·z − w_k), E s⁻ⁿ = 1/((A − 1)…(A − n))
    let expected = 0;
    let power = 1;
    for (let n = 1; n <= order; n++) {
      power *= -n / (total - n);
      expected += (power * (center - w)) / n;
    }
    const { mean, standardError } = momentsOf(rows.concentration!, 3, k);
    assert.ok(
      Math.abs(mean - expected) < 5.3 * standardError,
      `component ${k}: ${mean} ± ${standardError}, expected ${expected}`,
    );
    assert.ok(standardError < 0.02 * Math.abs(expected), "2 % would be seen");
  });
  const [a, b] = [5, 3];
  const betaRows = costRows(
    `gsb(order=${order})`,
    (p) => beta({ alpha: p.alpha!, beta: p.beta! }),
    { alpha: [a], beta: [b] },
    (z) => z,
    { numRows },
  );
  for (const [name, target] of [
    ["alpha", 1],
    ["beta", 0],
  ] as const) {
    let expected = 0;
    let power = 1;
    for (let n = 1; n <= order; n++) {
      power *= -n / (a + b - n);
      expected += (power * (a / (a + b) - target)) / n;
    }
    const { mean, standardError } = momentsOf(betaRows[name]!);
    assert.ok(
      Math.abs(mean - expected) < 5.3 * standardError,
      `${name}: ${mean} ± ${standardError}, expected ${expected}`,
    );
  }
});

test("under the ELBO entropy and divergence are taken analytically, so that kinks and poles of log q do no harm", () => {
  const numRows = 40_000;
  const laplaceModel = (own: Tensors): ModelFunctions => ({
    guide: () => void sample("h", laplace({ location: own.location!, scale: own.scale! })),
    model: () => {
      const h = sample("h", laplace({ location: [0], scale: [1] }));
      observe("x", normal({ mean: h, std: [1] }), tf.tensor1d([0.9]));
    },
  });
  // E (x − h)²/2 = ((x − μ)² + 2b²)/2 and seed 3, eq. 29
  const [mu, b] = [0.4, 0.6];
  const rows = rowGradients("gsb", { location: [mu], scale: [b] }, laplaceModel, { numRows, objective: "elbo" });
  const exact = { location: mu - 0.9 + 1 - Math.exp(-mu / b), scale: 2 * b + Math.exp(-mu / b) * (1 + mu / b) - 1 / b };
  for (const name of ["location", "scale"] as const) {
    const { mean, standardError } = momentsOf(rows[name]!);
    assert.ok(Math.abs(mean - exact[name]) < 5.3 * standardError + 1e-5, `${name}: ${mean}, expected ${exact[name]}`);
  }
  const gammaModel = (own: Tensors): ModelFunctions => ({
    guide: () => void sample("h", gamma({ concentration: own.concentration!, scale: own.scale! })),
    model: () => {
      const h = sample("h", gamma({ concentration: [2], scale: [1] }));
      observe("x", normal({ mean: h, std: [1] }), tf.tensor1d([0.9]));
    },
  });
  const [k, s] = [2.5, 0.4];
  const gammaRows = rowGradients("gsb", { concentration: [k], scale: [s] }, gammaModel, { numRows, objective: "elbo" });
  const reference = rowGradients("implicit-pathwise", { concentration: [k], scale: [s] }, gammaModel, {
    numRows,
    objective: "elbo",
  });
  for (const name of ["concentration", "scale"]) {
    const { mean, standardError } = momentsOf(gammaRows[name]!.map((g, i) => g - reference[name]![i]!));
    assert.ok(Math.abs(mean) < 5.3 * standardError, `${name}: ${mean} ± ${standardError}`);
  }
});

test("an order that is none is refused with what is allowed", () => {
  for (const text of ["gsb(order=0)", "gsb(order=9)", "gsb(order=2.5)"]) {
    assert.throws(
      () => costRows(text, (p) => gamma({ concentration: p.a!, scale: 1 }), { a: [1] }, tf.square, { numRows: 1 }),
      /needs auto or a whole number from 1 to 8/,
    );
  }
});
