import assert from "node:assert/strict";
import { after, test } from "node:test";
import { tf } from "../../../core/backends/tf";
import { examplesFolder } from "../../../core/engine/examplesFolder";
import { join } from "node:path";
import type { WatchedView } from "../../../core/protocol/watched";
import { start, twoLayerModel, Workspace } from "./support";

const workspace = new Workspace();
after(() => workspace.remove());

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((next) => setImmediate(next));
};

const vae = `
import { bernoulli, defineModel, dense, normal, observe, sample, tf } from "gradlens";
export default defineModel("small-vae", () => {
  const mean = dense("mean", 784, 2);
  const logStd = dense("log-std", 784, 2);
  const decode = dense("decode", 2, 784);
  return {
    guide({ x }) {
      sample("h", normal({ mean: mean(x), std: tf.exp(logStd(x)) }));
    },
    model({ x }) {
      const h = sample("h", normal({ mean: tf.zeros([2]), std: tf.ones([2]) }));
      observe("x", bernoulli({ logits: decode(h) }), x);
    },
  };
}, { data: "digits-binarized", batchSize: 10, estimator: "pathwise", inference: { steps: 3, rate: 0.01 } });
`;

test("what is watched is measured beside training, what is not is not, and no tensor is left", async () => {
  const file = workspace.model("vae", vae);
  const run = await start({ file, steps: 1_000_000 });
  const ended = run.run();
  await until(() => run.snapshot.step > 2);
  const tensors = tf.memory().numTensors;
  assert.equal(Object.keys(run.snapshot).includes("images"), false);
  assert.deepEqual(run.snapshot.views, ["images", "densities", "refinement"]);
  run.watch(["images", "densities", "refinement"]);
  await until(() => run.snapshot.images != null && run.snapshot.densities != null && run.snapshot.refinement != null);
  const { images, densities, refinement } = run.snapshot;
  assert.deepEqual(
    images!.rows.map(({ kind, name, image }) => [kind, name, image?.join("×")]),
    ["data", "mean-field", "sample", "prior"].map((kind) => [kind, "x", "28×28"]),
  );
  assert.equal(images!.rows[0]!.values.length, images!.examples * 784);
  const [latent] = images!.latents;
  assert.deepEqual([latent!.node, latent!.units, latent!.explained], ["h", 2, null]);
  assert.equal(latent!.points.length, 2 * images!.labels!.length);
  assert.deepEqual(
    densities!.parameters.map(({ name }) => name),
    ["mean/weight", "mean/bias", "log-std/weight", "log-std/bias"],
  );
  assert.equal(refinement!.curve.length, 4);
  assert.deepEqual([refinement!.curve[0]!.gain, refinement!.curve[0]!.gainError], [0, 0]);
  assert.ok(refinement!.curve[3]!.gain > 2 * refinement!.curve[3]!.gainError, "an untrained guide gains by refinement");
  run.watch([]);
  run.pause();
  await until(() => run.snapshot.state === "paused");
  await new Promise((next) => setTimeout(next, 20));
  const { step } = run.snapshot;
  run.watch(["images"] satisfies WatchedView[]);
  assert.equal(run.snapshot.images!.step, step, "a run that stands still measures at once");
  assert.notEqual(run.snapshot.densities!.step, step);
  assert.equal(tf.memory().numTensors, tensors);
  run.stop();
  await ended;
  run.dispose();
});

test("a model that has nothing of the kind says so, and goes on", async () => {
  const file = workspace.model("bits", twoLayerModel(`{}`));
  const run = await start({ file, steps: 1_000_000 });
  const ended = run.run();
  run.watch(["images", "densities", "refinement"]);
  await until(() =>
    [run.snapshot.images, run.snapshot.densities, run.snapshot.refinement].every((seen) => seen === null),
  );
  assert.deepEqual(run.snapshot.views, []);
  const { step } = run.snapshot;
  await until(() => run.snapshot.step > step + 20);
  run.stop();
  await ended;
  run.dispose();
});

test("the latent space of a categorical net of the examples is projected, and its probabilities are pictures", async () => {
  const run = await start({ file: join(examplesFolder(), "categorical-20x10.ts"), steps: 1, batchSize: 10 });
  run.watch(["images"]);
  await run.run();
  const { rows, latents } = run.snapshot.images!;
  const map = rows.find(({ kind }) => kind === "latent")!;
  assert.deepEqual(map.shape, [20, 10]);
  for (let unit = 0; unit < 20; unit++) {
    const sum = map.values.slice(unit * 10, unit * 10 + 10).reduce((total, p) => total + p, 0);
    assert.ok(Math.abs(sum - 1) < 1e-5);
  }
  const [first, second] = latents[0]!.explained!;
  assert.ok(first >= second && second > 0 && first + second <= 1);
  run.dispose();
});
