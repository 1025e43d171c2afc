import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { ESLint } from "eslint";
import { root } from "../../../scripts/lib/root";

const eslint = new ESLint({ cwd: root });

/** Rules that a text breaks when it stands in a file of the project. */
async function broken(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${text}\n`, { filePath: join(root, file) });
  return [...new Set(result?.messages.map(({ ruleId, message }) => ruleId ?? message))].sort();
}

const packages = "@typescript-eslint/no-restricted-imports";
const paths = "import-x/no-restricted-paths";

const forbidden: readonly (readonly [file: string, text: string, rule: string])[] = [
  ["core/errors.ts", 'export { version } from "vscode";', packages],
  ["core/errors.ts", 'export { matMul } from "@tensorflow/tfjs-core";', packages],
  ["core/errors.ts", 'export { readFileSync } from "node:fs";', packages],
  ["core/errors.ts", 'export { ids } from "../extension/ids";', paths],
  ["core/errors.ts", "export const page = document;", "no-restricted-globals"],
  ["core/protocol/engine.ts", 'export { GradlensError } from "../errors";', paths],
  ["core/protocol/engine.ts", 'export { zip } from "fflate";', packages],
  ["extension/extension.ts", 'export { tf } from "../core/backends/tf";', paths],
  ["extension/extension.ts", 'export { select } from "d3";', packages],
  ["webview/main.ts", 'export { GradlensError } from "../core/errors";', paths],
  ["webview/main.ts", 'export { version } from "vscode";', packages],
  ["webview/main.ts", 'export { readFileSync } from "node:fs";', packages],
];

for (const [file, text, rule] of forbidden) {
  test(`${file} may not say ${text}`, async () => assert.deepEqual(await broken(file, text), [rule]));
}

const allowed: readonly (readonly [file: string, text: string])[] = [
  ["core/backends/tf.ts", 'export { matMul } from "@tensorflow/tfjs-core";'],
  ["core/errors.ts", 'export { protocolVersion } from "./protocol/engine";'],
  ["extension/extension.ts", 'export { protocolVersion } from "../core/protocol/engine";'],
  ["extension/extension.ts", 'export { version } from "vscode";'],
  ["webview/main.ts", 'export { scaleLinear } from "d3-scale";'],
];

for (const [file, text] of allowed) {
  test(`${file} may say ${text}`, async () => assert.deepEqual(await broken(file, text), []));
}
