import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { customOp } from "../../../../core/backends/customOp";
import { detach } from "../../../../core/backends/detach";
import { useBackend } from "../../../../core/backends/registry";
import { tf } from "../../../../core/backends/tf";
import { tidy } from "../../../../core/backends/tidy";
import { activeTape } from "../../../../core/gradients/isolate";
import { gradients, record } from "../../../../core/gradients/tape";
import { type Jet, unfolded } from "../../../../core/gradients/taylor/jet";
import { TaylorMode } from "../../../../core/gradients/taylor/taylorMode";
import { factorial } from "../../../../core/gradients/taylor/terms";
import { bernoulliLogProb } from "../../../../core/numerics/bernoulliLogProb";
import { categoricalLogProb } from "../../../../core/numerics/categoricalLogProb";
import { lgamma } from "../../../../core/numerics/special/gammaFunctions";
import * as C from "./complex";
import { leavesNoTensors } from "../../../support/leavesNoTensors";

const S = 2;
const rows = 3;
const width = 4;

/** Coefficients of f(x + t d) for every row d of directions, `[C, …]` row-major by power of t; null where there are none. */
function series(
  f: (x: tf.Tensor) => tf.Tensor,
  x: tf.Tensor,
  directions: readonly (readonly number[])[],
  order: number,
): { readonly coefficients: readonly (Float32Array | null)[]; readonly degree: number } {
  const taylor = new TaylorMode(order);
  try {
    return tidy(() => {
      const slope = tf.tensor(directions.flat(), [
        directions.length,
        ...x.shape.slice(1).map(() => 1),
        directions[0]!.length,
      ]);
      taylor.seed(x, slope);
      const pass = record(() => taylor.follow(() => f(x)));
      pass.release();
      const jet: Jet | undefined = taylor.jet(pass.value);
      if (!jet) return { coefficients: [], degree: 0 };
      const coefficients = unfolded(jet).terms.map((term) =>
        term === null
          ? null
          : (tf.broadcastTo(term as tf.Tensor, [directions.length, ...jet.shape]).dataSync() as Float32Array),
      );
      return { coefficients, degree: jet.degree };
    });
  } finally {
    taylor.dispose();
  }
}

/** Derivatives of the same by nested backward passes, one direction at a time. */
function nested(
  f: (x: tf.Tensor) => tf.Tensor,
  x: tf.Tensor,
  direction: readonly number[],
  order: number,
): Float32Array[] {
  return tidy(() => {
    const t = tf.zeros([...x.shape.slice(0, 2), 1]);
    const pass = record(() => {
      let y = f(tf.add(x, tf.mul(t, tf.tensor1d([...direction]))));
      y = tf.reshape(y, [...x.shape.slice(0, 2), 1]);
      const found = [];
      for (let n = 1; n <= order; n++) {
        const [next] = gradients(activeTape(), y, [t], undefined, true);
        found.push(next ? Float32Array.from(next.dataSync()) : new Float32Array(t.size));
        if (!next) break;
        y = next;
      }
      return found;
    });
    pass.release();
    while (pass.value.length < order) pass.value.push(new Float32Array(t.size));
    return pass.value;
  });
}

const unary: readonly {
  readonly name: string;
  readonly f: (x: tf.Tensor) => tf.Tensor;
  readonly g: (z: C.Complex) => C.Complex;
  readonly at: readonly number[];
  readonly radius: number;
}[] = [
  { name: "exp", f: tf.exp, g: C.exp, at: [-1, 0, 1.5], radius: 1 },
  { name: "expm1", f: tf.expm1, g: (z) => C.sub(C.exp(z), C.one), at: [-1, 0, 1.5], radius: 1 },
  { name: "log", f: tf.log, g: C.log, at: [1, 1.7, 3], radius: 0.8 },
  { name: "log1p", f: tf.log1p, g: (z) => C.log(C.add(z, C.one)), at: [0, 0.7, 2], radius: 0.8 },
  {
    name: "sigmoid",
    f: tf.sigmoid,
    g: (z) => C.div(C.one, C.add(C.one, C.exp(C.sub(C.complex(0), z)))),
    at: [-2, 0, 1.3],
    radius: 2,
  },
  { name: "softplus", f: tf.softplus, g: (z) => C.log(C.add(C.one, C.exp(z))), at: [-2, 0, 1.3], radius: 2 },
  {
    name: "logSigmoid",
    f: tf.logSigmoid,
    g: (z) => C.sub(z, C.log(C.add(C.one, C.exp(z)))),
    at: [-2, 0, 1.3],
    radius: 2,
  },
  { name: "tanh", f: tf.tanh, g: (z) => C.div(C.sinh(z), C.cosh(z)), at: [-1, 0, 0.6], radius: 1.2 },
  { name: "tan", f: tf.tan, g: (z) => C.div(C.sin(z), C.cos(z)), at: [-0.3, 0, 0.4], radius: 1 },
  { name: "sin", f: tf.sin, g: C.sin, at: [-1, 0, 2], radius: 1 },
  { name: "cos", f: tf.cos, g: C.cos, at: [-1, 0, 2], radius: 1 },
  { name: "sinh", f: tf.sinh, g: C.sinh, at: [-1, 0, 2], radius: 1 },
  { name: "cosh", f: tf.cosh, g: C.cosh, at: [-1, 0, 2], radius: 1 },
  { name: "atan", f: tf.atan, g: C.atan, at: [-0.8, 0, 1.5], radius: 0.8 },
  { name: "asin", f: tf.asin, g: C.asin, at: [-0.2, 0, 0.3], radius: 0.6 },
  { name: "acos", f: tf.acos, g: (z) => C.sub(C.complex(Math.PI / 2), C.asin(z)), at: [-0.2, 0, 0.3], radius: 0.6 },
  { name: "asinh", f: tf.asinh, g: C.asinh, at: [-0.5, 0, 1.5], radius: 0.8 },
  { name: "acosh", f: tf.acosh, g: C.acosh, at: [2, 2.5, 3], radius: 0.8 },
  { name: "atanh", f: tf.atanh, g: C.atanh, at: [-0.2, 0, 0.3], radius: 0.6 },
  { name: "sqrt", f: tf.sqrt, g: (z) => C.power(z, 0.5), at: [1, 2, 3], radius: 0.8 },
  { name: "rsqrt", f: tf.rsqrt, g: (z) => C.power(z, -0.5), at: [1, 2, 3], radius: 0.8 },
  { name: "reciprocal", f: tf.reciprocal, g: (z) => C.div(C.one, z), at: [-1.2, 1.5, 3], radius: 0.8 },
  { name: "square", f: tf.square, g: (z) => C.mul(z, z), at: [-1, 0, 2], radius: 1 },
  { name: "x³ by tf.pow", f: (x) => tf.pow(x, 3), g: (z) => C.mul(z, C.mul(z, z)), at: [-1, 0, 2], radius: 1 },
  {
    name: "x¹¹ by tf.pow",
    f: (x) => tf.pow(x, 11),
    g: (z) => C.mul(z, C.power(C.mul(z, z), 5)),
    at: [-0.9, 0, 1.1],
    radius: 1,
  },
  { name: "x^1.7 by tf.pow", f: (x) => tf.pow(x, 1.7), g: (z) => C.power(z, 1.7), at: [1, 2, 3], radius: 0.8 },
  {
    name: "1/(1 + x²)",
    f: (x) => tf.div(1, tf.add(1, tf.square(x))),
    g: (z) => C.div(C.one, C.add(C.one, C.mul(z, z))),
    at: [-0.8, 0, 1.5],
    radius: 0.8,
  },
  {
    name: "sin x/(2 + cos x)",
    f: (x) => tf.div(tf.sin(x), tf.add(tf.cos(x), 2)),
    g: (z) => C.div(C.sin(z), C.add(C.cos(z), C.complex(2))),
    at: [-0.8, 0, 1],
    radius: 0.9,
  },
];

const weight = [
  [0.4, -0.7, 0.2],
  [0.9, 0.1, -0.5],
  [-0.3, 0.6, 0.8],
  [0.2, -0.4, 0.5],
];
/** A condition as zeros and ones that no derivative is sought of. */
const still = (condition: tf.Tensor): tf.Tensor => detach(condition.toFloat());
const W = (): tf.Tensor2D => tf.tensor2d(weight);
const flat = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [-1, width]);
const layer = (x: tf.Tensor): tf.Tensor => tf.reshape(tf.matMul(flat(x), W()), [S, rows, 3]);
const total = (x: tf.Tensor): tf.Tensor => tf.sum(x, -1);

/** Costs `[S, rows, width]` → `[S, rows]` of the operations that change shapes or join tensors, and of whole models. */
const costs: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  "a product of two linear forms": (x) => tf.mul(total(x), tf.sum(tf.mul(x, [1, 2, 3, 4]), -1)),
  "a quotient of two sums": (x) => tf.div(total(tf.exp(x)), total(tf.add(tf.square(x), 1))),
  "two tanh layers": (x) =>
    total(tf.tanh(tf.reshape(tf.matMul(tf.reshape(tf.tanh(layer(x)), [-1, 3]), W(), false, true), x.shape))),
  "batched products": (x) => tf.sum(tf.sin(tf.matMul(x, tf.tile(tf.expandDims(W(), 0), [S, 1, 1]))), -1),
  "products of two moving matrices": (x) => {
    const square = tf.reshape(x, [S, rows, 2, 2]);
    return tf.sum(tf.matMul(tf.sin(square), tf.square(square), false, true), [-2, -1]);
  },
  "squares of layers, summed over axes in turn": (x) => tf.sum(tf.expandDims(tf.square(layer(x)), -1), [-2, -1]),
  mean: (x) => tf.exp(tf.mean(x, -1)),
  "softmax by logSumExp": (x) => tf.sub(tf.sum(tf.mul(x, [1, 0, 0.5, 0]), -1), tf.logSumExp(x, -1)),
  "slices and concatenation": (x) =>
    total(tf.sin(tf.concat([tf.slice(x, [0, 0, 1], [-1, -1, 2]), tf.ones([S, rows, 1]), tf.square(x)], -1))),
  "stack and unstack": (x) => {
    const [a, b, c, d] = tf.unstack(x, -1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    return tf.sum(tf.mul(tf.stack([a, b], -1), tf.stack([tf.exp(c), tf.sin(d)], -1)), -1);
  },
  "transposes and tiles": (x) => tf.sum(tf.sin(tf.tile(tf.transpose(x, [0, 2, 1]), [1, 2, 1])), 1),
  "tiles of axes of size 1": (x) => total(tf.mul(tf.sin(tf.tile(tf.sum(x, -1, true), [1, 1, width])), x)),
  "sums over an axis that a slope repeats itself along": (x) =>
    tf.sum(tf.square(tf.sum(tf.mul(tf.expandDims(x, 2), tf.ones([1, 1, 5, 1])), 2)), -1),
  padding: (x) =>
    total(
      tf.cos(
        tf.pad(x, [
          [0, 0],
          [0, 0],
          [1, 2],
        ]),
      ),
    ),
  gather: (x) => total(tf.sin(tf.gather(x, tf.tensor1d([3, 0, 0], "int32"), 2))),
  reverse: (x) => total(tf.mul(tf.reverse(x, 2), tf.exp(x))),
  cumsum: (x) => total(tf.sin(tf.cumsum(x, 2))),
  where: (x) => total(tf.where(tf.greater(x, 0.1), tf.exp(x), tf.sin(x))),
  "maximum and minimum": (x) => total(tf.maximum(tf.square(x), tf.minimum(tf.sin(x), 0.3))),
  "the largest of a row": (x) => tf.max(tf.sin(x), -1),
  "ReLU net under a square": (x) => tf.square(tf.sub(total(tf.relu(layer(x))), 0.7)),
  "absolute values": (x) => total(tf.mul(tf.abs(x), tf.sin(x))),
  "clips, leaky ReLU, ELU": (x) =>
    total(tf.add(tf.exp(tf.clipByValue(x, -0.5, 0.5)), tf.mul(tf.leakyRelu(x, 0.2), tf.elu(x)))),
  "squared differences": (x) => total(tf.squaredDifference(tf.sin(x), x)),
  "Bernoulli log-probability of a layer": (x) => bernoulliLogProb(layer(x), tf.ones([1, rows, 3])),
  "Bernoulli log-probability of a relaxed value": (x) => bernoulliLogProb(layer(x), tf.sigmoid(layer(tf.sin(x)))),
  "categorical log-probability": (x) =>
    categoricalLogProb(
      tf.reshape(x, [S, rows, 2, 2]),
      tf.tile(
        tf.tensor4d([
          [
            [
              [1, 0],
              [0, 1],
            ],
          ],
        ]),
        [S, rows, 1, 1],
      ),
    ),
  "error function": (x) => total(tf.erf(x)),
  "log-gamma": (x) => total(lgamma(tf.add(x, 3))),
};

/** The same as costs whose operations have no second derivative in nested passes, by others. */
const sameAs: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  gather: (x) => total(tf.mul(tf.sin(x), [2, 0, 0, 1])),
  "softmax by logSumExp": (x) => tf.sub(tf.sum(tf.mul(x, [1, 0, 0.5, 0]), -1), tf.log(total(tf.exp(x)))),
  where: (x) => {
    const above = still(tf.greater(x, 0.1));
    return total(tf.add(tf.mul(above, tf.exp(x)), tf.mul(tf.sub(1, above), tf.sin(x))));
  },
  "maximum and minimum": (x) => {
    const small = still(tf.less(tf.sin(x), 0.3));
    const least = tf.add(tf.mul(small, tf.sin(x)), tf.mul(tf.sub(1, small), 0.3));
    const first = still(tf.greater(tf.square(x), least));
    return total(tf.add(tf.mul(first, tf.square(x)), tf.mul(tf.sub(1, first), least)));
  },
  "the largest of a row": (x) => total(tf.mul(still(tf.equal(tf.sin(x), tf.max(tf.sin(x), -1, true))), tf.sin(x))),
  "clips, leaky ReLU, ELU": (x) => {
    const inside = still(tf.less(tf.abs(x), 0.5));
    const above = still(tf.greater(x, 0));
    const below = tf.sub(1, above);
    const clipped = tf.add(tf.mul(inside, x), tf.mul(tf.sub(1, inside), still(tf.clipByValue(x, -0.5, 0.5))));
    const leaky = tf.mul(x, tf.add(above, tf.mul(below, 0.2)));
    const elu = tf.add(tf.mul(above, x), tf.mul(below, tf.sub(tf.exp(x), 1)));
    return total(tf.add(tf.exp(clipped), tf.mul(leaky, elu)));
  },
  "categorical log-probability": (x) => {
    const a = tf.reshape(x, [S, rows, 2, 2]);
    const chosen = tf.sum(
      tf.mul(
        a,
        tf.tensor4d([
          [
            [
              [1, 0],
              [0, 1],
            ],
          ],
        ]),
      ),
      [-2, -1],
    );
    return tf.sub(chosen, tf.sum(tf.log(tf.sum(tf.exp(a), -1)), -1));
  },
};

for (const backend of ["cpu", "wasm"])
  describe(backend, () => {
    leavesNoTensors(() => useBackend(backend));

    const point = (): tf.Tensor =>
      tf.tensor(
        Float32Array.from({ length: S * rows * width }, (_, i) => 0.9 * Math.sin(2 * i + 0.4)),
        [S, rows, width],
      );

    for (const { name, f, g, at, radius } of unary) {
      test(`the series of ${name} to order 8 are Cauchy's integrals in double precision`, () => {
        const x = tf.tensor2d([...at], [1, at.length]);
        const { coefficients } = series(f, x, [at.map(() => 1), at.map(() => -0.5)], 8);
        x.dispose();
        at.forEach((place, i) => {
          const exact = C.taylorCoefficients(g, place, 8, radius);
          for (let n = 1; n <= 8; n++)
            for (const [c, d] of [1, -0.5].entries()) {
              const found = coefficients[n]?.[c * at.length + i] ?? 0;
              const expected = exact[n]! * d ** n;
              assert.ok(
                Math.abs(found - expected) < 1e-5 * (1 + Math.abs(expected)),
                `power ${n} at ${place} along ${d}: ${found}, expected ${expected}`,
              );
            }
        });
      });
    }

    test(`the derivatives of ${Object.keys(costs).length} costs are those of nested backward passes`, async (t) => {
      const order = 4;
      const directions = [
        [1, 0, 0, 0],
        [0, 0, 1, 0],
        [0.5, -0.3, 0.2, 0.7],
      ];
      for (const [name, f] of Object.entries(costs)) {
        await t.test(name, () => {
          const x = point();
          if (name === "log-gamma") {
            assert.throws(() => series(f, x, directions, order), /operation Lgamma/i);
            x.dispose();
            return;
          }
          const { coefficients } = series(f, x, directions, order);
          directions.forEach((direction, c) => {
            nested(sameAs[name] ?? f, x, direction, order).forEach((expected, k) => {
              const largest = expected.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
              expected.forEach((value, i) => {
                const found = (coefficients[k + 1]?.[c * expected.length + i] ?? 0) * factorial(k + 1);
                assert.ok(
                  Math.abs(found - value) < 3e-5 * (1 + largest),
                  `derivative ${k + 1} along ${c} at ${i}: ${found}, expected ${value}`,
                );
              });
            });
          });
          x.dispose();
        });
      }
    });
  });

test("a polynomial's degree is known, that of anything else is not", async () => {
  await useBackend("cpu");
  const x = tf.tensor3d([[[0.3, 0.7]]]);
  const degree = (f: (x: tf.Tensor) => tf.Tensor): number => series(f, x, [[1, 0]], 2).degree;
  assert.equal(
    degree((z) => tf.add(tf.mul(z, 3), 1)),
    1,
  );
  assert.equal(
    degree((z) => tf.sum(tf.pow(z, 3), -1)),
    3,
  );
  assert.equal(
    degree((z) => tf.mul(tf.square(z), tf.pow(z, 4))),
    6,
  );
  assert.equal(
    degree((z) => tf.square(tf.relu(z))),
    2,
  );
  assert.equal(
    degree((z) => tf.exp(z)),
    Infinity,
  );
  assert.equal(series((z) => tf.zerosLike(z), x, [[1, 0]], 2).degree, 0);
  x.dispose();
});

test("what does not matter to the result may have no rule", async () => {
  await useBackend("cpu");
  const x = tf.tensor3d([[[0.3, 0.7]]]);
  const { coefficients } = series(
    (z) => {
      customOp(
        "Opaque",
        { z },
        () => tf.sin(z),
        (dy) => ({ z: () => dy }),
      );
      return tf.square(z);
    },
    x,
    [[1, 1]],
    2,
  );
  assert.equal(coefficients[2]![0], 1);
  x.dispose();
});
