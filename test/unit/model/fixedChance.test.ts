import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { loadModelFile } from "../../../core/engine/modelLoader";
import { ModelInstance } from "../../../core/graph/instance";
import { runTrace } from "../../../core/graph/trace";
import { tf } from "../../../core/backends/tf";

const folder = mkdtempSync(join(tmpdir(), "gradlens-chance-"));
after(() => rmSync(folder, { recursive: true }));
before(() => useBackend("cpu"));

const TEXT = `
import { cost, defineModel, parameter, tf } from "gradlens";
const target = tf.randomNormal([3]);
const scale = Math.random();
export default defineModel("drawn", () => {
  const theta = parameter("theta", [0.1, 0.2, 0.3]);
  const shift = tf.randomUniform([3]);
  return { program: () => cost("f", tf.sum(tf.mul(tf.add(theta, shift), tf.mul(target, scale)), -1)) };
});
`;

/** The cost of the model as another process would load it. */
function loss(file: string): number {
  const instance = new ModelInstance(loadModelFile(file).models.get("default")!, 0);
  const [term] = runTrace(instance.functions, {}, () => tf.scalar(0)).terms;
  const [value] = term!.value.dataSync();
  instance.dispose();
  return value!;
}

test("constants that a text draws while it is loaded and built are the same each time, and Math.random is free afterwards", () => {
  const file = join(folder, "drawn.ts");
  writeFileSync(file, TEXT);
  const first = loss(file);
  assert.notEqual(first, 0);
  assert.equal(loss(file), first);
  assert.notEqual(Math.random(), Math.random());
});
