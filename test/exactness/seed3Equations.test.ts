import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../core/backends/tf";
import { bernoulli } from "../../core/distributions/bernoulli";
import { gamma } from "../../core/distributions/gamma";
import { laplace } from "../../core/distributions/laplace";
import type { ModelFunctions } from "../../core/model/defineModel";
import { observe } from "../../core/model/observe";
import { sample } from "../../core/model/sample";
import { families, quadrature } from "./continuousFamilies";
import { costRows, rowGradients, type Tensors } from "./continuousRows";
import { leavesNoTensors } from "../support/leavesNoTensors";
import { startTestBackend } from "../support/testBackend";

/** Equations of seed 3 written out in double precision, apart from the engine's code, against its estimates row by row. */
leavesNoTensors(startTestBackend);

/** A ReLU net g of two inputs and one output: hidden weights, biases, output weights. */
const net = {
  hidden: [
    [0.8, -0.5, 1.1],
    [-0.3, 0.9, 0.4],
  ],
  bias: [0.2, -0.4, 0.1],
  out: [0.7, -0.6, 0.5],
};

function netOf(z: tf.Tensor): tf.Tensor {
  const rows = tf.reshape(z, [-1, 2]) as tf.Tensor2D;
  const hidden = tf.relu(tf.add(tf.matMul(rows, tf.tensor2d(net.hidden)), net.bias));
  return tf.reshape(tf.sum(tf.mul(hidden, net.out), -1), [...z.shape.slice(0, -1), 1]);
}

function netAt(z: readonly number[]): { readonly g: number; readonly slope: readonly number[] } {
  const before = net.bias.map((c, h) => c + net.hidden[0]![h]! * z[0]! + net.hidden[1]![h]! * z[1]!);
  const g = before.reduce((sum, a, h) => sum + net.out[h]! * Math.max(0, a), 0);
  const slope = [0, 1].map((j) =>
    before.reduce((sum, a, h) => sum + (a > 0 ? net.out[h]! * net.hidden[j]![h]! : 0), 0),
  );
  return { g, slope };
}

const numRows = 40;
const real = Float32Array.from({ length: 2 * numRows }, (_, i) => 1.3 * Math.sin(5 * i + 0.7));
const positive = real.map((x) => 0.1 + Math.abs(x));

function close(found: number, expected: number, what: string): void {
  assert.ok(Math.abs(found - expected) < 2e-5 * (1 + Math.abs(expected)), `${what}: ${found}, expected ${expected}`);
}

test("lemma 3, eq. 22: along a ReLU net's output the series is that of h alone, for Laplace up to order 8", () => {
  const b = 0.6;
  const rows = costRows(
    "gsb(order=8)",
    (p) => laplace({ location: p.location!, scale: p.scale! }),
    { location: [0, 0], scale: [b, b] },
    (z) => tf.sin(netOf(z)),
    { numRows, values: real },
  );
  for (let row = 0; row < numRows; row++) {
    const { g, slope } = netAt([real[2 * row]!, real[2 * row + 1]!]);
    slope.forEach((s, j) => {
      close(rows.location![2 * row + j]!, Math.cos(g) * s, `location ${j} of row ${row}`);
      let series = 0;
      for (let n = 2; n <= 8; n += 2) series += 2 * b ** (n - 1) * Math.sin(g + (n * Math.PI) / 2) * s ** n; // eq. 18
      close(rows.scale![2 * row + j]!, series, `scale ${j} of row ${row}`);
    });
  }
});

const [k, mu, x, epsilon] = [1.7, 0.4, 0.3, -0.49];
/** ∂A_n f⁽ⁿ⁾ summed over n, for gamma (eq. 19), by derivatives of h at g: eq. 23 and 24. */
const gammaSeries = (derivatives: readonly number[]): { readonly concentration: number; readonly scale: number } => ({
  concentration: derivatives.reduce((sum, d, i) => sum + (mu ** (i + 1) / (i + 1)) * d, 0),
  scale: derivatives.reduce((sum, d, i) => sum + k * mu ** i * d, 0),
});

const tractable: readonly {
  readonly name: string;
  readonly h: (g: tf.Tensor) => tf.Tensor;
  readonly expected: (g: number, s: number) => { readonly concentration: number; readonly scale: number };
}[] = [
  {
    name: "eq. 23, |x − g|",
    h: (g) => tf.abs(tf.sub(x, g)),
    expected: (g, s) => gammaSeries([Math.sign(g - x) * s]),
  },
  {
    name: "eq. 24, (x − g)²",
    h: (g) => tf.square(tf.sub(x, g)),
    expected: (g, s) => gammaSeries([2 * (g - x) * s, 2 * s * s]),
  },
  {
    name: "eq. 25, exp(ε g): ∇ log φ at −iε ∂g, so that log φ = −k log(1 − μ ε ∂g)",
    h: (g) => tf.exp(tf.mul(g, epsilon)),
    expected: (g, s) => {
      const f = Math.exp(epsilon * g);
      return {
        concentration: -Math.log(1 - mu * epsilon * s) * f,
        scale: ((k * epsilon * s) / (1 - mu * epsilon * s)) * f,
      };
    },
  },
];

for (const { name, h, expected } of tractable) {
  test(`corollary 3.1, ${name}, in full for gamma without an order`, () => {
    const rows = costRows(
      "gsb",
      (p) => gamma({ concentration: p.concentration!, scale: p.scale! }),
      { concentration: [k, k], scale: [mu, mu] },
      (z) => h(netOf(z)),
      { numRows, values: positive },
    );
    for (let row = 0; row < numRows; row++) {
      const { g, slope } = netAt([positive[2 * row]!, positive[2 * row + 1]!]);
      slope.forEach((s, j) => {
        const { concentration, scale } = expected(g, s);
        close(rows.concentration![2 * row + j]!, concentration, `concentration ${j} of row ${row}`);
        close(rows.scale![2 * row + j]!, scale, `scale ${j} of row ${row}`);
      });
    }
  });
}

const b = 0.35;
/** ∂A_n f⁽ⁿ⁾ summed over n, for Laplace (eq. 18). */
const laplaceSeries = (derivatives: readonly number[]): { readonly location: number; readonly scale: number } => ({
  location: derivatives[0]!,
  scale: derivatives.reduce((sum, d, i) => sum + (i % 2 === 1 ? 2 * b ** i * d : 0), 0),
});

const tractableForLaplace: readonly {
  readonly name: string;
  readonly h: (g: tf.Tensor) => tf.Tensor;
  readonly expected: (g: number, s: number) => { readonly location: number; readonly scale: number };
}[] = [
  {
    name: "|x − g|",
    h: (g) => tf.abs(tf.sub(x, g)),
    expected: (g, s) => laplaceSeries([Math.sign(g - x) * s]),
  },
  {
    name: "(x − g)²",
    h: (g) => tf.square(tf.sub(x, g)),
    expected: (g, s) => laplaceSeries([2 * (g - x) * s, 2 * s * s]),
  },
  {
    name: "exp(ε g): log φ = cμ − log(1 − b²c²) at c = ε ∂g",
    h: (g) => tf.exp(tf.mul(g, epsilon)),
    expected: (g, s) => {
      const f = Math.exp(epsilon * g);
      const c = epsilon * s;
      return { location: c * f, scale: ((2 * b * c * c) / (1 - b * b * c * c)) * f };
    },
  },
];

for (const { name, h, expected } of tractableForLaplace) {
  test(`corollary 3.1, ${name}, in full for Laplace without an order`, () => {
    const rows = costRows(
      "gsb",
      (p) => laplace({ location: p.location!, scale: p.scale! }),
      { location: [0, 0], scale: [b, b] },
      (z) => h(netOf(z)),
      { numRows, values: real },
    );
    for (let row = 0; row < numRows; row++) {
      const { g, slope } = netAt([real[2 * row]!, real[2 * row + 1]!]);
      slope.forEach((s, j) => {
        const { location, scale } = expected(g, s);
        close(rows.location![2 * row + j]!, location, `location ${j} of row ${row}`);
        close(rows.scale![2 * row + j]!, scale, `scale ${j} of row ${row}`);
      });
    }
  });
}

test("corollary 3.1 holds unit by unit: an exponential is summed in full beside a unit that the cost is another function of, or none", () => {
  const weights = [
    [epsilon, 0, 0],
    [0, 0.6, 0],
  ];
  const rows = costRows(
    "gsb",
    (p) => gamma({ concentration: p.concentration!, scale: p.scale! }),
    { concentration: [k, k, k], scale: [mu, mu, mu] },
    (z) => {
      const [first, second] = weights.map((w) => tf.sum(tf.mul(z, w), -1, true)) as [tf.Tensor, tf.Tensor];
      return tf.add(tf.exp(first), tf.sin(second));
    },
    { numRows, values: Float32Array.from({ length: 3 * numRows }, (_, i) => 0.1 + Math.abs(Math.sin(7 * i + 0.3))) },
  );
  for (let row = 0; row < numRows; row++) {
    const [z1, z2] = [0, 1].map((j) => Math.fround(0.1 + Math.abs(Math.sin(7 * (3 * row + j) + 0.3)))) as [
      number,
      number,
    ];
    const f = Math.exp(epsilon * z1);
    close(rows.concentration![3 * row]!, -Math.log(1 - mu * epsilon) * f, `concentration 0 of row ${row}`);
    close(rows.scale![3 * row]!, ((k * epsilon) / (1 - mu * epsilon)) * f, `scale 0 of row ${row}`);
    const cut = gammaSeries([1, 2, 3, 4].map((n) => 0.6 ** n * Math.sin(0.6 * z2 + (n * Math.PI) / 2)));
    close(rows.concentration![3 * row + 1]!, cut.concentration, `concentration 1 of row ${row}`);
    close(rows.scale![3 * row + 1]!, cut.scale, `scale 1 of row ${row}`);
    assert.equal(rows.concentration![3 * row + 2], 0);
    assert.equal(rows.scale![3 * row + 2], 0);
  }
});

test("a cost that passes for an exponential in three derivatives at one point is not taken for one", () => {
  // log(1 + z²) has f' f''' = f''² at z² = 2 + √5.
  const z = Math.fround(Math.sqrt(2 + Math.sqrt(5)));
  const rows = costRows(
    "gsb",
    (p) => gamma({ concentration: p.concentration!, scale: p.scale! }),
    { concentration: [k], scale: [mu] },
    (value) => tf.log1p(tf.square(value)),
    { numRows: 1, values: Float32Array.of(z) },
  );
  const angle = Math.PI / 2 - Math.atan(z);
  const expected = gammaSeries(
    [1, 2, 3, 4].map(
      (n) => 2 * (n % 2 === 1 ? 1 : -1) * [1, 1, 2, 6][n - 1]! * Math.cos(n * angle) * (1 + z * z) ** (-n / 2),
    ),
  );
  close(rows.concentration![0]!, expected.concentration, "concentration");
  close(rows.scale![0]!, expected.scale, "scale");
});

/** n-th derivative of softplus, as polynomials in σ: s' = s − s². */
function softplusDerivative(a: number, n: number): number {
  let polynomial = [0, 1]; // σ itself, the first derivative, by powers of σ
  for (let m = 1; m < n; m++) {
    const next = Array<number>(polynomial.length + 1).fill(0);
    polynomial.forEach((c, p) => {
      next[p]! += p * c;
      next[p + 1]! -= p * c;
    });
    polynomial = next;
  }
  const s = 1 / (1 + Math.exp(-a));
  return polynomial.reduce((sum, c, p) => sum + c * s ** p, 0);
}

for (const order of [2, 4, 8]) {
  test(`eq. 27 to 29: the bound of Bayesian logistic regression, its series cut at order ${order}, by quadrature`, () => {
    const family = families.find(({ id }) => id === "laplace")!;
    const nodes = quadrature(family, 1200);
    const [location, b] = [family.parameters.location![0]!, family.parameters.scale![0]!];
    const feature = 0.9;
    const model = (own: Tensors): ModelFunctions => ({
      guide: () => void sample("w", laplace({ location: own.location!, scale: own.scale! })),
      model: () => {
        const w = sample("w", laplace({ location: [0], scale: [1] }));
        observe("y", bernoulli({ logits: tf.mul(w, feature) }), tf.ones([1, nodes.z.length, 1]));
      },
    });
    const rows = rowGradients(`gsb(order=${order})`, { location: [location], scale: [b] }, model, {
      numRows: nodes.z.length,
      values: { w: nodes.z },
      objective: "elbo",
    });
    // −log σ(x w) = softplus(−x w)
    const mean = (n: number): number =>
      nodes.z.reduce((sum, w, i) => sum + nodes.weight[i]! * (-feature) ** n * softplusDerivative(-feature * w, n), 0);
    let scale = 0;
    for (let n = 2; n <= order; n += 2) scale += 2 * b ** (n - 1) * mean(n);
    const decay = Math.exp(-Math.abs(location) / b);
    const expected = {
      location: mean(1) + Math.sign(location) * (1 - decay),
      scale: scale + decay * (1 + Math.abs(location) / b) - 1 / b,
    };
    for (const name of ["location", "scale"] as const) {
      const found = nodes.weight.reduce((sum, weight, i) => sum + weight * rows[name]![i]!, 0);
      close(found, expected[name], name);
    }
  });
}
