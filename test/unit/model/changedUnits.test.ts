import assert from "node:assert/strict";
import { describe, it } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import { bernoulli, categorical, defineModel, dense, observe, parameter, sample, tf } from "gradlens";
import { useBackend } from "../../../core/backends/registry";
import { Lab } from "../../exactness/support/lab";

interface Inputs {
  readonly x: tf.Tensor;
}

type Pass = (value: tf.Tensor) => tf.Tensor;

/** Wide enough that a product's rounding is seen, with sizes that leave tails in the kernels. */
const width = 37;
const random =
  (seed: number, scale = 1) =>
  (shape: number[]): tf.Tensor =>
    tf.randomNormal(shape, 0, scale, "float32", seed);

/** A layer whose input's units are changed by themselves, beside a use of the value that is no layer. */
const bits = (pass: Pass) =>
  defineModel("bits", () => {
    const encode = dense("encode", width, 11, { weight: random(1, 0.3)([width, 11]) });
    const decode = dense("decode", 11, width, {
      weight: random(2)([11, width]),
      mask: tf.cast(tf.greater(random(3)([11, width]), -1), "float32") as tf.Tensor2D,
    });
    const gain = parameter("gain", random(4)([11]));
    return {
      guide({ x }: Inputs) {
        sample("h", bernoulli({ logits: encode(x) }));
      },
      model({ x }: Inputs) {
        const h = sample("h", bernoulli({ logits: tf.zeros([11]) }));
        const drive = tf.exp(tf.mul(h, gain).sum(-1, true));
        observe("x", bernoulli({ logits: decode(pass(h)).add(drive) }), x);
      },
    };
  });

const layers = (pass: Pass) =>
  defineModel("layers", () => {
    const encode = dense("encode", width, 7, { weight: random(1, 0.3)([width, 7]) });
    const encodeTop = dense("encode-top", 7, 5, { weight: random(2)([7, 5]) });
    const decodeTop = dense("decode-top", 5, 7, { weight: random(3)([5, 7]) });
    const decode = dense("decode", 7, width, { weight: random(4)([7, width]) });
    return {
      guide({ x }: Inputs) {
        const h1 = sample("h1", bernoulli({ logits: encode(x) }));
        sample("h2", bernoulli({ logits: encodeTop(pass(h1)) }));
      },
      model({ x }: Inputs) {
        const h2 = sample("h2", bernoulli({ logits: tf.zeros([5]) }));
        const h1 = sample("h1", bernoulli({ logits: decodeTop(pass(h2)) }));
        observe("x", bernoulli({ logits: decode(pass(h1)) }), x);
      },
    };
  });

const categories = (pass: Pass) =>
  defineModel("categories", () => {
    const encode = dense("encode", width, 12, { weight: random(1, 0.3)([width, 12]) });
    const decode = dense("decode", 12, width, { weight: random(2)([12, width]) });
    const single = dense("single", 4, width, { weight: random(5)([4, width]) });
    return {
      guide({ x }: Inputs) {
        const logits = encode(x);
        sample("h", categorical({ logits: logits.reshape([...logits.shape.slice(0, -1), 3, 4]) }));
      },
      model({ x }: Inputs) {
        const h = sample("h", categorical({ logits: tf.zeros([3, 4]) }));
        const flat = pass(h).reshape([...h.shape.slice(0, -2), 12]);
        // The second layer reads each unit's states for themselves, which are as many features as it has inputs.
        observe("x", bernoulli({ logits: decode(flat).add(single(pass(h)).sum(-2)) }), x);
      },
    };
  });

/** Another tensor of the same numbers, so that layers cannot know where it comes from. */
const hidden: Pass = (value) => tf.mul(value, 1);
const open: Pass = (value) => value;

const inputs = Array.from({ length: 3 }, (_, row) =>
  Array.from({ length: width }, (_, i) => ((i * (row + 2)) % 5) % 2),
);

for (const backend of ["cpu", "wasm"]) {
  describe(`the change of one unit's contribution, ${backend}`, () => {
    for (const [name, model] of [
      ["bits through a masked layer and beside it", bits],
      ["two layers", layers],
      ["categories through a reshape", categories],
    ] as const) {
      for (const [objective, samples] of [
        ["elbo", 1],
        ["elbo", 3],
        ["iwae", 2],
      ] as const) {
        for (const estimator of ["local-expectation", "local-expectation(descendants=redraw)", "measure-valued"]) {
          it(`${estimator} equals full passes: ${name}, ${objective}, ${samples} samples`, async () => {
            await useBackend(backend);
            const [fast, full] = [open, hidden].map((pass) => {
              const lab = new Lab({ name, definition: model(pass), objective, samples, batchSize: 3, inputs });
              const tensors = tf.memory().numTensors;
              const found = lab.once(estimator, 4);
              assert.equal(tf.memory().numTensors, tensors);
              lab.dispose();
              return found;
            }) as [ReadonlyMap<string, Float64Array>, ReadonlyMap<string, Float64Array>];
            for (const [parameter, expected] of full) {
              const scale = Math.hypot(...expected);
              const distance = Math.hypot(...expected.map((value, i) => value - fast.get(parameter)![i]!));
              assert.ok(distance <= 2e-6 * scale, `${parameter}: ${distance / scale}`);
            }
          });
        }
      }
    }
  });
}
