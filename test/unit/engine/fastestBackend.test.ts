import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { fastest, fastestBackend } from "../../../core/engine/fastestBackend";
import { loadModelFile, pickModel } from "../../../core/engine/modelLoader";
import { prepare, type Prepared } from "../../../core/engine/prepare";

const folder = mkdtempSync(join(tmpdir(), "gradlens-test-"));
const file = join(folder, "net.ts");
writeFileSync(
  file,
  `import { bernoulli, cost, defineModel, dense, parameter, sample, tf } from "gradlens";
export default defineModel("net", () => {
  const a = parameter("a", [[0.2, -0.3, 0.5]]);
  const out = dense("out", 3, 1);
  return { program() { const h = sample("h", bernoulli({ logits: tf.expandDims(a, 0) })); cost("f", tf.square(out(h)).sum(-1)); } };
});
`,
);
after(() => rmSync(folder, { recursive: true, force: true }));

async function prepared(): Promise<Prepared> {
  await useBackend("cpu");
  const loaded = loadModelFile(file);
  return prepare(pickModel(loaded, undefined).definition, file, { estimator: "lr-c-vn-idb" });
}

test("the fastest back end is one that was timed, leaves parameters and tensors as they were, and is remembered", async () => {
  const net = await prepared();
  const cache = join(folder, "cache");
  const values = (): number[][] => net.instance.parameters.map(({ variable }) => [...variable.dataSync()]);
  const [parametersBefore, tensorsBefore] = [values(), tf.memory().numTensors];
  const chosen = await fastestBackend(net, cache);
  assert.equal(chosen.id, tf.getBackend());
  assert.match(chosen.reason, new RegExp(`a step takes .*ms on ${chosen.id}`));
  assert.deepEqual(values(), parametersBefore);
  assert.equal(tf.memory().numTensors, tensorsBefore);
  const again = await fastestBackend(net, cache);
  assert.equal(again.id, chosen.id);
  assert.match(again.reason, /as measured before/);
  net.dispose();
});

test("a damaged cache and a cache folder that cannot be made cost a measurement, nothing more", async () => {
  const net = await prepared();
  const cache = mkdtempSync(join(folder, "cache-"));
  writeFileSync(join(cache, "step-times.json"), "{");
  assert.doesNotMatch((await fastestBackend(net, cache)).reason, /as measured before/);
  assert.doesNotThrow(() => JSON.parse(readFileSync(join(cache, "step-times.json"), "utf8")) as unknown);
  assert.doesNotMatch((await fastestBackend(net, file)).reason, /as measured before/);
  net.dispose();
});

test("a back end further down the ladder has to be clearly faster", () => {
  assert.equal(fastest({ tensorflow: 1, wasm: 0.95 }), "tensorflow");
  assert.equal(fastest({ tensorflow: 1, wasm: 0.8 }), "wasm");
  assert.equal(fastest({ tensorflow: 1, wasm: 0.8, cpu: 0.75 }), "wasm");
  assert.equal(fastest({}), null);
});
