import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { lastLines, runNode } from "../../scripts/lib/command";
import { root } from "../../scripts/lib/root";

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

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

test("the lockfile holds every package that another one names, also those of other platforms", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, LockedPackage> };
  const isLocked = (from: string, name: string): boolean => {
    if (`${from === "" ? "" : `${from}/`}node_modules/${name}` in packages) return true;
    return from !== "" && isLocked(from.slice(0, Math.max(0, from.lastIndexOf("/node_modules/"))), name);
  };
  const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !isLocked(path, name)),
  );
  assert.deepEqual(missing, []);
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
    "dist/l10n/bundle.l10n.json",
    "dist/native/install.mjs",
    "dist/native/selfTest.js",
    "dist/types/gradlens.d.ts",
    "dist/wasm/tfjs-backend-wasm-simd.wasm",
    "dist/wasm/tfjs-backend-wasm.wasm",
    "dist/webview/main.css",
    "dist/webview/main.js",
    "dist/worker.js",
    "docs/lints.md",
    "package.json",
    "package.nls.json",
    "scripts/native/extractWheel.py",
  ]);
});

test("the texts of the extension's code can be translated, with holes numbered from 0 without a gap", () => {
  const texts = JSON.parse(read("dist/l10n/bundle.l10n.json")) as Record<string, string>;
  assert.ok(Object.keys(texts).length > 100);
  for (const [key, text] of Object.entries(texts)) {
    assert.equal(key, text);
    const holes = [...new Set([...text.matchAll(/\{(\d+)\}/g)].map(([, number]) => Number(number)))].sort();
    assert.deepEqual(
      holes,
      holes.map((_, i) => i),
      text,
    );
  }
});
