import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { backends } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { erf, erfinv, normalCdf, normalQuantile } from "../../../core/numerics/special/errorFunctions";
import { digamma, lgamma, logBeta, trigamma } from "../../../core/numerics/special/gammaFunctions";
import { betaI } from "../../../core/numerics/special/incompleteBetaFunction";
import { gammaP } from "../../../core/numerics/special/incompleteGammaFunction";
import { expm1, log1mExp, log1p, softplus } from "../../../core/numerics/special/stableForms";
import { leavesNoTensors } from "../../support/leavesNoTensors";

const unary: readonly {
  readonly name: string;
  readonly f: (x: tf.Tensor) => tf.Tensor;
  readonly at: readonly number[];
  readonly values: readonly number[];
}[] = [
  {
    name: "lgamma",
    f: lgamma,
    at: [0.5, 1, 4, 30],
    values: [0.5723649429247001, 0, 1.791759469228055, 71.257038967168],
  },
  {
    name: "digamma",
    f: digamma,
    at: [0.5, 1, 4],
    values: [-1.9635100260214235, -0.5772156649015329, 1.2561176684318005],
  },
  {
    name: "trigamma",
    f: trigamma,
    at: [0.5, 1, 4],
    values: [4.934802200544679, 1.6449340668482264, 0.2838229557371153],
  },
  { name: "erf", f: erf, at: [-1, 0, 0.5], values: [-0.8427007929497149, 0, 0.5204998778130465] },
  {
    name: "erfinv",
    f: erfinv,
    at: [-0.5, 0.1, 0.9],
    values: [-0.4769362762044699, 0.08885599049425769, 1.1630871536766743],
  },
  { name: "normalCdf", f: normalCdf, at: [-8, 0, 1], values: [6.220960574271785e-16, 0.5, 0.8413447460685429] },
  {
    name: "normalQuantile",
    f: normalQuantile,
    at: [1e-6, 0.5, 0.9],
    values: [-4.753424308822899, 0, 1.2815515655446004],
  },
  { name: "log1p", f: log1p, at: [1e-6, 1], values: [9.999995000003334e-7, 0.6931471805599453] },
  { name: "expm1", f: expm1, at: [1e-6, 1], values: [1.0000005000001667e-6, 1.718281828459045] },
  { name: "log1mExp", f: log1mExp, at: [1e-6, 20], values: [-13.815511057964607, -2.061153624561499e-9] },
  { name: "softplus", f: softplus, at: [-20, 0, 90], values: [2.0611536181902037e-9, 0.6931471805599453, 90] },
];

for (const backend of backends.filter(({ id }) => id === "cpu" || id === "wasm")) {
  describe(backend.id, () => {
    leavesNoTensors(() => backend.activate());

    for (const { name, f, at, values } of unary) {
      test(`${name} has the tabulated values to float32`, () => {
        const got = tf.tidy(() => f(tf.tensor1d([...at])).dataSync());
        values.forEach((value, i) =>
          assert.ok(
            Math.abs(got[i]! - value) <= 4e-7 * Math.abs(value) + (value === 0 ? 1e-14 : 0),
            `${name}(${at[i]}) = ${got[i]}, expected ${value}`,
          ),
        );
      });

      test(`${name} has the gradient of its values, and that one its own`, () => {
        const x = at.filter((value) => Math.abs(value) > 1e-3 && Math.abs(value) < 8);
        const slope = (g: (x: tf.Tensor) => tf.Tensor, order: string): void => {
          const derivative = tf.tidy(() =>
            tf
              .grad((t) => g(t).sum())(tf.tensor1d(x))
              .dataSync(),
          );
          const h = 2e-3;
          const [up, down] = [1, -1].map((sign) =>
            tf.tidy(() => g(tf.tensor1d(x.map((value) => value + sign * h))).dataSync()),
          );
          const reached = [1, -1].map((sign) => Float32Array.from(x.map((value) => value + sign * h)));
          x.forEach((value, i) => {
            const expected = (up![i]! - down![i]!) / (reached[0]![i]! - reached[1]![i]!);
            assert.ok(
              Math.abs(derivative[i]! - expected) < 2e-3 * (1 + Math.abs(expected)),
              `${order} derivative of ${name} at ${value}: ${derivative[i]}, expected ${expected}`,
            );
          });
        };
        slope(f, "first");
        slope((t) => tf.grad((u) => f(u).sum())(t), "second");
      });
    }

    test("the incomplete functions broadcast, and their gradients sum over what was broadcast", () => {
      tf.tidy(() => {
        const a = tf.tensor1d([2, 0.5]);
        const x = tf.tensor2d([[1], [0.3], [2.5]]);
        const value = gammaP(a, x);
        assert.deepEqual(value.shape, [3, 2]);
        assert.ok(Math.abs(value.dataSync()[0]! - 0.2642411176571153) < 1e-7);
        const [da, dx] = tf.grads((p, q) => gammaP(p, q).sum())([a, x]);
        assert.deepEqual([da!.shape, dx!.shape], [[2], [3, 1]]);
        const parts = [1, 0.3, 2.5].map((at) =>
          tf
            .grad((p) => gammaP(p, tf.scalar(at)).sum())(tf.tensor1d([2, 0.5]))
            .dataSync(),
        );
        [0, 1].forEach((i) =>
          assert.ok(Math.abs(da!.dataSync()[i]! - parts.reduce((sum, part) => sum + part[i]!, 0)) < 1e-6),
        );
      });
      tf.tidy(() => {
        const [da, db, dx] = tf.grads((p, q, z) => betaI(p, q, z).sum())([
          tf.tensor1d([2]),
          tf.tensor1d([3]),
          tf.tensor1d([0.3]),
        ]);
        assert.ok(Math.abs(da!.dataSync()[0]! + 0.246093727746723) < 1e-6);
        assert.ok(Math.abs(db!.dataSync()[0]! - 0.129545060964872) < 1e-6);
        assert.ok(Math.abs(dx!.dataSync()[0]! - 12 * 0.3 * 0.49) < 1e-5);
      });
    });

    test("log B of large shapes keeps float32's digits", () => {
      const got = tf.tidy(() => logBeta(tf.scalar(1e5), tf.scalar(2)).dataSync()[0]!);
      assert.ok(Math.abs(got - -Math.log(1e5 * (1e5 + 1))) < 1e-5, String(got));
    });
  });
}
