import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { lastLines, runNode } from "../../scripts/lib/command";
import { root } from "../../scripts/lib/root";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

test("the extension host's bundle holds no TensorFlow.js", () => {
  assert.doesNotMatch(read("dist/extension.js"), /tfjs|tensorflow\/core|registerKernel/);
});

test("the panels' bundle reaches nothing outside itself", () => {
  assert.doesNotMatch(
    read("dist/webview/main.js"),
    /\b(?:fetch|importScripts|WebSocket)\(|new XMLHttpRequest|\beval\(/,
  );
});

test("the lockfile names no registry", () => {
  assert.doesNotMatch(read("package-lock.json"), /"resolved"/);
});

test("the package holds what the extension needs and nothing else", async () => {
  const { status, output } = await runNode([join(root, "node_modules/@vscode/vsce/vsce"), "ls", "--no-dependencies"], {
    quiet: true,
  });
  assert.equal(status, 0, lastLines(output));
  const files = output
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("media/") && !/^(npm )?warn/i.test(line));
  assert.deepEqual(files.sort(), [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist/cli.js",
    "dist/engine.js",
    "dist/extension.js",
    "dist/wasm/tfjs-backend-wasm-simd.wasm",
    "dist/wasm/tfjs-backend-wasm.wasm",
    "dist/webview/main.css",
    "dist/webview/main.js",
    "package.json",
    "package.nls.json",
  ]);
});
