// Builds dist/: the extension, the engine process, the command line, the panels, and the tests that run inside VS Code.
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { bundleStrings } from "./scripts/bundleStrings.mjs";
import { bundleTypes } from "./scripts/bundleTypes.mjs";

const resolvePackage = createRequire(import.meta.url).resolve;

const node = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  sourcemap: true,
  metafile: true,
  logLevel: "warning",
  // TensorFlow.js as ES modules: one copy of it in the bundle, and only what is used.
  mainFields: ["module", "main"],
  external: ["vscode", "mocha", "@tensorflow/tfjs-node", "@tensorflow/tfjs-node-gpu"],
};

const inHostTests = readdirSync("test/integration").filter((name) => name === "index.ts" || name.endsWith(".test.ts"));

const bundles = [
  { ...node, entryPoints: ["extension/extension.ts"], outfile: "dist/extension.js" },
  { ...node, entryPoints: ["core/engine/main.ts"], outfile: "dist/engine.js" },
  { ...node, entryPoints: ["core/engine/pool/worker.ts"], outfile: "dist/worker.js" },
  { ...node, entryPoints: ["cli/main.ts"], outfile: "dist/cli.js", banner: { js: "#!/usr/bin/env node" } },
  {
    entryPoints: ["webview/main.ts", "webview/main.css"],
    outdir: "dist/webview",
    bundle: true,
    platform: "browser",
    format: "iife",
    target: "es2022",
    minify: true,
    logLevel: "warning",
  },
  {
    ...node,
    entryPoints: ["scripts/native/main.ts"],
    outfile: "dist/native/install.mjs",
    format: "esm",
  },
  { ...node, entryPoints: ["scripts/native/selfTestNative.ts"], outfile: "dist/native/selfTest.js" },
  { ...node, entryPoints: inHostTests.map((name) => `test/integration/${name}`), outdir: "dist/test" },
];

rmSync("dist", { recursive: true, force: true });
const types = bundleTypes("dist/types/gradlens.d.ts").catch((error) => {
  console.error(error.message);
  process.exit(1);
});
const results = await Promise.all(bundles.map((options) => build(options))).catch(() => process.exit(1)); // it has told why
await types;
bundleStrings("dist/l10n/bundle.l10n.json");

const host = results.find(({ metafile }) => metafile?.outputs["dist/extension.js"]);
const heavy = Object.keys(host?.metafile.inputs ?? {}).filter((file) => file.includes("@tensorflow/"));
if (heavy.length > 0) {
  console.error(`dist/extension.js must not hold TensorFlow.js, found ${heavy[0]}; import it in the engine only`);
  process.exit(1);
}

// The engine finds these beside itself; in Node the wasm back end uses one thread, so no "threaded" variant.
const wasm = join(dirname(resolvePackage("@tensorflow/tfjs-backend-wasm/package.json")), "dist");
mkdirSync("dist/wasm", { recursive: true });
for (const name of ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm"]) {
  cpSync(join(wasm, name), join("dist/wasm", name));
}
chmodSync("dist/cli.js", 0o755);
