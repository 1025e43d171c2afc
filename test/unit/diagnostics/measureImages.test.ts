import assert from "node:assert/strict";
import { test } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import { bernoulli, categorical, cost, defineModel, normal, observe, sample, tf as language } from "gradlens";
import { tf } from "../../../core/backends/tf";
import { latentMeans } from "../../../core/diagnostics/latentMeans";
import { measureImages } from "../../../core/diagnostics/measureImages";
import { ModelInstance } from "../../../core/graph/instance";
import type { ModelDefinition } from "../../../core/model/defineModel";
import type { ImageRow } from "../../../core/protocol/watched";
import { leavesNoTensors } from "../../support/leavesNoTensors";

leavesNoTensors(() => tf.setBackend("cpu"));

interface Data {
  readonly x: tf.Tensor;
}
const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));
/** Three pictures of 2 × 2. */
const pixels = [1, 0, 0, 1, 0, 0, 1, 1, 1, 1, 1, 0];

function rowsOf(definition: ModelDefinition): ReadonlyMap<string, ImageRow> {
  const instance = new ModelInstance(definition, 0);
  const data = { x: tf.tensor(pixels, [1, 3, 4]) };
  const request = {
    functions: instance.functions,
    data,
    images: { x: [2, 2] as const },
    examples: 3,
    seed: 4,
    step: 9,
  };
  const rows = measureImages(request);
  tf.dispose(data);
  instance.dispose();
  return new Map(rows.map((row) => [row.kind, row]));
}

const close = (found: ArrayLike<number>, expected: readonly number[]): void => {
  assert.equal(found.length, expected.length);
  expected.forEach((value, i) => assert.ok(Math.abs(found[i]! - value) < 1e-5, `${i}: ${found[i]}, expected ${value}`));
};

test("a belief net gives its data, its probabilities, the decoder's mean at them and at samples, and ancestral samples", () => {
  // Two bits: the first says the sum of the picture, the decoder weighs them.
  const weights = [2, -1, 0.5, 1];
  const rows = rowsOf(
    defineModel("net", () => ({
      guide({ x }: Data) {
        const total = language.sum(x, -1, true);
        sample("h", bernoulli({ logits: language.concat([total, language.neg(total)], -1) }));
      },
      model({ x }: Data) {
        const h = sample("h", bernoulli({ logits: language.tensor1d([50, -50]) }));
        const first = language.slice(h, [0, 0, 0], [-1, -1, 1]);
        observe("x", bernoulli({ logits: language.mul(first, language.tensor1d(weights)) }), x);
      },
    })),
  );
  assert.deepEqual([...rows.keys()], ["data", "latent", "mean-field", "sample", "prior"]);
  close(rows.get("data")!.values, pixels);
  const totals = [2, 2, 3];
  close(
    rows.get("latent")!.values,
    totals.flatMap((total) => [sigmoid(total), sigmoid(-total)]),
  );
  assert.deepEqual([rows.get("latent")!.shape, rows.get("latent")!.range], [[2], [0, 1]]);
  close(
    rows.get("mean-field")!.values,
    totals.flatMap((total) => weights.map((w) => sigmoid(sigmoid(total) * w))),
  );
  const sampled = rows.get("sample")!.values;
  for (let row = 0; row < 3; row++) {
    const bit = sampled[row * 4] === 0.5 ? 0 : 1;
    close(
      sampled.slice(row * 4, row * 4 + 4),
      weights.map((w) => sigmoid(bit * w)),
    );
  }
  // The prior's first bit is 1 for certain, whatever the guide says.
  close(
    rows.get("prior")!.values,
    totals.flatMap(() => weights.map(sigmoid)),
  );
});

test("a decoder that reads the picture it observes has no samples of the prior", () => {
  const rows = rowsOf(
    defineModel("autoregressive", () => ({
      guide: () => void sample("h", categorical({ logits: language.zeros([1, 3]) })),
      model({ x }: Data) {
        sample("h", categorical({ logits: language.zeros([1, 3]) }));
        const shifted = language.concat([language.zeros([1, 3, 1]), language.slice(x, [0, 0, 0], [1, 3, 3])], -1);
        observe("x", bernoulli({ logits: shifted }), x);
      },
    })),
  );
  assert.deepEqual([...rows.keys()], ["data", "latent", "mean-field", "sample"]);
  assert.deepEqual(rows.get("latent")!.shape, [1, 3]);
});

test("a decoder of real values takes its own range, and a model without a picture gives nothing", () => {
  const real = rowsOf(
    defineModel("real", () => ({
      guide: () => void sample("h", normal({ mean: [3], std: [0.1] })),
      model({ x }: Data) {
        const h = sample("h", normal({ mean: [0], std: [1] }));
        observe("x", normal({ mean: language.mul(h, language.tensor1d([1, -1, 0, 0])), std: [1] }), x);
      },
    })),
  );
  assert.deepEqual(real.get("mean-field")!.range, [-3, 3]);
  const none = rowsOf(
    defineModel("none", () => ({
      program({ x }: Data) {
        const h = sample("h", bernoulli({ logits: language.sum(x, -1, true) }));
        cost("f", language.sum(h, -1));
      },
    })),
  );
  assert.equal(none.size, 0);
});

test("latent means are the posterior's, below other nodes at their means", () => {
  const definition = defineModel("deep", () => ({
    guide({ x }: Data) {
      const h = sample("h", normal({ mean: language.sum(x, -1, true), std: [1] }));
      sample("g", normal({ mean: language.concat([h, language.square(h)], -1), std: [1] }));
    },
    model() {
      sample("g", normal({ mean: [0, 0], std: [1] }));
      sample("h", normal({ mean: [0], std: [1] }));
      cost("f", language.scalar(0));
    },
  }));
  const instance = new ModelInstance(definition, 0);
  const data = { x: tf.tensor(pixels, [1, 3, 4]) };
  const found = latentMeans(instance.functions, data, 3);
  assert.equal(found.get("h")!.units, 1);
  close(found.get("h")!.values, [2, 2, 3]);
  close(found.get("g")!.values, [2, 4, 2, 4, 3, 9]);
  tf.dispose(data);
  instance.dispose();
});
