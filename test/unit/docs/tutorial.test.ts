import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gradlens, modelFile, teaching, temporaryFolder } from "../cli/support";

const tutorial = readFileSync(join(__dirname, "../../../docs/tutorial.md"), "utf8");
const folder = temporaryFolder();
const source = readFileSync(teaching("dag.ts"), "utf8");
const mended = source.replace(', { estimator: "straight-through" });', ");");

/** Rows of a printed table; relative biases at the rounding of float32 are the machine's. */
const rows = (out: string): string[] =>
  out.split("\n").filter((line) => /^(prior|toA|toB|dag\.ts|mean|log-std) /.test(line));
const firm = (line: string): string => line.replace(/\d\.\d+e-[67]/, "rounding").replace(/\s+/g, " ");
const told = new Set(tutorial.split("\n").map(firm));

async function shows(exitCode: number, ...args: string[]): Promise<void> {
  const result = await gradlens(...args);
  assert.equal(result.exitCode, exitCode, result.err);
  const found = rows(result.out);
  assert.ok(found.length >= 2, result.out);
  for (const row of found) assert.ok(told.has(firm(row)), `the tutorial does not show: ${row}`);
}

test("the tutorial shows what bias says of its model, before and after the fix", async () => {
  assert.notEqual(mended, source);
  await shows(10, "bias", teaching("dag.ts"));
  await shows(0, "bias", modelFile(folder, "dag.ts", mended));
});

test("the tutorial's checks file holds for the mended model and fails for the biased one, as it says", async () => {
  const checks = /```json\n([\s\S]*?)```/.exec(tutorial)?.[1];
  assert.ok(checks);
  const file = join(folder, "dag.checks.json");
  writeFileSync(file, checks);
  modelFile(folder, "dag.ts", mended);
  await shows(0, "check", file);
  modelFile(folder, "dag.ts", source);
  assert.equal((await gradlens("check", file)).exitCode, 10);
});

test("the tutorial names the line that its lint names", async () => {
  const { out } = await gradlens("lint", teaching("dag.ts"));
  assert.match(out, /dag\.ts:19:19: warning: straight-through at node "b" is biased/);
  assert.match(tutorial, /dag\.ts:19:19: warning: straight-through at node "b" is biased/);
});

test("the tutorial shows a second derivative that misses a kink, the lint that says so, and the smooth cost that mends it", async () => {
  await shows(10, "bias", teaching("relu-net.ts"));
  const { out } = await gradlens("lint", teaching("relu-net.ts"));
  const warning =
    /relu-net\.ts:23:17: warning: gsb at node "z" takes second derivatives of a cost that goes through Relu/;
  assert.match(out, warning);
  assert.match(tutorial, warning);
  await shows(0, "bias", `${teaching("relu-net.ts")}#smooth`, "--draws", "30000");
});
