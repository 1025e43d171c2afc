import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { gradlens } from "./support";

const example = (file: string): string => join(__dirname, "../../../examples", file);
const small = ["--batch", "2", "--backend", "wasm"];
const note = /note: measured at the guide's posterior; training takes the gradient at refined ones/;

test("numbers of a model that trains at refined posteriors say that they are not about that gradient", async () => {
  assert.match((await gradlens("bias", example("refined-sbn.ts"), "--draws", "20", ...small)).out, note);
});

test("others say nothing of it", async () => {
  const { err } = await gradlens("variance", example("sbn-200.ts"), "--draws", "2", ...small);
  assert.equal(err, "");
});

test("the variance is that of the gradient at refined posteriors, where the estimator can climb to them", async () => {
  const draw = ["--draws", "2", ...small];
  const { out, err, exitCode } = await gradlens("variance", example("refined-sbn.ts"), ...draw);
  assert.equal(exitCode, 0);
  assert.equal(err, "");
  assert.match(out, /note: measured at refined posteriors \(inference\), as training takes the gradient/);
  assert.match((await gradlens("variance", example("refined-sbn.ts"), "--estimator", "lr", ...draw)).err, note);
});
