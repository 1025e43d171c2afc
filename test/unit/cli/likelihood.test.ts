import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, gradlens, modelFile, refusal, teaching, temporaryFolder } from "./support";

const folder = temporaryFolder();
const net = modelFile(
  folder,
  "net.ts",
  `import { bernoulli, defineModel, dense, observe, parameter, sample, tf } from "gradlens";

export default defineModel("net", () => {
  const encode = dense("encode", 784, 3);
  const decode = dense("decode", 3, 784);
  const prior = parameter("prior", tf.zeros([3]));
  return {
    guide({ x }) {
      sample("h", bernoulli({ logits: encode(x) }));
    },
    model({ x }) {
      const h = sample("h", bernoulli({ logits: prior }));
      observe("x", bernoulli({ logits: decode(h) }), x);
    },
  };
}, { data: "digits-binarized", batchSize: 20, estimator: "lr" });
`.replace(/\{ x \}\)/g, "{ x }: { readonly x: tf.Tensor })"),
);

interface Likelihood {
  readonly value: number;
  readonly standardError: number;
  readonly samples: number;
  readonly examples: number;
  readonly effectiveSamples: number;
}

test("train --likelihood adds the test likelihood, and likelihood answers the same number from the run's folder", async () => {
  const run = `${folder}/run`;
  const trained = await answer<{ evaluation: Record<string, Likelihood> }>(
    ...["train", net, "--steps", "2", "--likelihood", "4", "--run-folder", run, "--diagnostics", "0"],
  );
  const found = trained.evaluation["test/log-likelihood"]!;
  assert.equal(found.samples, 4);
  assert.ok(found.value < trained.evaluation["test/elbo"]!.value, "the likelihood lies above the bound");
  const again = await answer<Likelihood>("likelihood", net, "--checkpoint", run, "--samples", "4");
  assert.deepEqual([again.value, again.standardError], [found.value, found.standardError]);
  assert.ok(again.effectiveSamples >= 1 && again.effectiveSamples <= 4);
});

test("likelihood looks at as many examples as asked, with one sample the bound", async () => {
  const one = await answer<Likelihood>("likelihood", net, "--samples", "1", "--examples", "30");
  assert.deepEqual([one.examples, one.samples, one.effectiveSamples], [30, 1, 1]);
  const many = await answer<Likelihood>("likelihood", net, "--samples", "50", "--examples", "30");
  assert.ok(many.value < one.value);
  const { out } = await gradlens("likelihood", net, "--samples", "5", "--examples", "7");
  assert.match(out, /^-log p\(x\) \d+\.\d\d ± \S+ nats \(95 % over 7 test examples\)$/m);
});

test("a cost without a likelihood and a model without data are refused in one sentence", async () => {
  assert.match(await refusal(2, "likelihood", teaching("one-bit.ts")), /has no likelihood of the data/);
  assert.match(await refusal(2, "train", teaching("one-bit.ts"), "--likelihood", "5"), /has no likelihood of the data/);
});
