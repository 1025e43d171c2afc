import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { modelFile, temporaryFolder } from "./support";

const folder = temporaryFolder();
const root = join(__dirname, "../../..");

function gradlens(
  env: Readonly<Record<string, string>>,
  ...args: string[]
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ["--import", "tsx", "cli/main.ts", ...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
}

const talkative = modelFile(
  folder,
  "talkative.ts",
  `import { bernoulli, cost, defineModel, parameter, sample } from "gradlens";
console.log("the model file talks");
process.stdout.write("and again\\n");
export default defineModel("talkative", () => {
  const theta = parameter("theta", [0.3]);
  return {
    program() {
      const b = sample("b", bernoulli({ logits: theta }));
      if (process.env.FAIL) throw new Error("told to fail");
      cost("f", b.exp().sum(-1));
    },
  };
});
`,
);

test("standard output holds the JSON alone, even when the model file prints", () => {
  const { status, stdout, stderr } = gradlens(
    {},
    "bias",
    talkative,
    "--estimator",
    "half",
    "--json",
    "--backend",
    "cpu",
  );
  assert.equal(status, 10);
  assert.equal((JSON.parse(stdout) as { verdict: string }).verdict, "biased");
  assert.match(stderr, /the model file talks\nand again/);
});

test("an error shows its stack only when GRADLENS_DEBUG asks for it", () => {
  const plain = gradlens({ FAIL: "1" }, "gradient", talkative, "--backend", "cpu");
  assert.deepEqual([plain.status, plain.stdout], [1, ""]);
  assert.match(plain.stderr, /error: .*talkative\.ts:9: the model threw told to fail\n$/);
  assert.doesNotMatch(plain.stderr, /\n\s+at /);
  const debug = gradlens({ FAIL: "1", GRADLENS_DEBUG: "1" }, "gradient", talkative, "--backend", "cpu");
  assert.match(debug.stderr, /\n\s+at /);
});
