import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isTypesPackage, typesPackage } from "../../extension/types/typesPackage";
import { runNode } from "../../scripts/lib/command";
import { root } from "../../scripts/lib/root";

const folder = mkdtempSync(join(tmpdir(), "gradlens-types-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A folder of somebody's model files as Set Up Types leaves it. */
const files = typesPackage(readFileSync(join(root, "dist/types/gradlens.d.ts"), "utf8"), "0.1.0");
mkdirSync(join(folder, "node_modules", "gradlens"), { recursive: true });
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "node_modules", "gradlens", name), text);

async function compile(options: Record<string, unknown>): Promise<string> {
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, types: [], target: "ES2022", ...options },
      include: ["*.ts"],
    }),
  );
  const { output } = await runNode([join(root, "node_modules/typescript/bin/tsc"), "-p", folder], { quiet: true });
  return output.trim();
}

test("examples and the template compile in a folder with nothing but our types, without the DOM and with every check", async () => {
  cpSync(join(root, "media/templates/model.ts"), join(folder, "model.ts"));
  for (const name of ["sbn-200.ts", "refined-sbn.ts", "teaching/relu-net.ts", "teaching/one-bit.ts"])
    cpSync(join(root, "examples", name), join(folder, name.replace("teaching/", "")));
  writeFileSync(
    join(folder, "chained.ts"),
    `import { cost, defineModel, normal, parameter, sample, tf } from "gradlens";
export default defineModel("chained", () => {
  const mean = parameter("mean", [0.3]);
  return {
    program() {
      const z = sample("z", normal({ mean, std: [1] }));
      cost("f", z.sub(0.45).square().sum(-1).mul(tf.scalar(2)));
    },
  };
});
`,
  );
  const lib = ["ES2022"];
  assert.equal(await compile({ module: "ESNext", moduleResolution: "Bundler", lib }), "");
  assert.equal(await compile({ module: "NodeNext", moduleResolution: "NodeNext", skipLibCheck: true }), "");
});

test("a wrong argument is an error", async () => {
  writeFileSync(
    join(folder, "wrong.ts"),
    `import { bernoulli, sample } from "gradlens";\nsample("h", bernoulli({ logit: [0] }));\nsample(3);\n`,
  );
  const told = await compile({ module: "ESNext", moduleResolution: "Bundler", skipLibCheck: true });
  assert.match(told, /wrong\.ts\(2,\d+\): error TS/);
  assert.match(told, /wrong\.ts\(3,\d+\): error TS/);
});

test("what the command may write again is known by its manifest", () => {
  assert.equal(isTypesPackage(files["package.json"]!), true);
  for (const text of ['{ "name": "gradlens" }', "null", "no JSON"]) assert.equal(isTypesPackage(text), false);
});
