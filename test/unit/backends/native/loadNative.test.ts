import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { loadNative } from "../../../../core/backends/native/loadNative";

let folder = "";
const chosen = process.env["GRADLENS_NATIVE"];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gradlens-native-"));
  process.env["GRADLENS_NATIVE"] = folder;
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  if (chosen === undefined) delete process.env["GRADLENS_NATIVE"];
  else process.env["GRADLENS_NATIVE"] = chosen;
});

/** Puts a file into the package; the running Node's own binary stands in for a whole ELF file. */
function put(path: string, content: string | { copyOf: string }): string {
  const file = join(folder, "node_modules", "@tensorflow", "tfjs-node", path);
  mkdirSync(dirname(file), { recursive: true });
  if (typeof content === "string") writeFileSync(file, content);
  else copyFileSync(content.copyOf, file);
  return file;
}

test("a package that is not installed is named, with the folder that was searched", () => {
  assert.throws(() => loadNative("tfjs-node"), { code: "GL1351", message: new RegExp(`not installed in ${folder}`) });
});

test("a package without its compiled add-on says where it was expected", () => {
  put("package.json", "{}");
  assert.throws(() => loadNative("tfjs-node"), {
    code: "GL1352",
    message: /no compiled add-on, expected lib\/napi-v8/,
  });
});

test("an add-on for a newer Node-API than this Node's counts as none", () => {
  put("package.json", "{}");
  put("lib/napi-v99/tfjs_binding.node", "");
  assert.throws(() => loadNative("tfjs-node"), { code: "GL1352" });
});

const linux = process.platform === "linux" ? {} : { skip: "the library check reads ELF files" };

test("a missing libtensorflow is named", linux, () => {
  put("package.json", "{}");
  put("lib/napi-v8/tfjs_binding.node", "");
  assert.throws(() => loadNative("tfjs-node"), {
    code: "GL1353",
    message: /libtensorflow is missing, expected it in .*deps\/lib/,
  });
});

test("a libtensorflow that was cut short is refused before it can kill the process", linux, () => {
  put("package.json", "{}");
  put("lib/napi-v8/tfjs_binding.node", "");
  truncateSync(put("deps/lib/libtensorflow.so.2", { copyOf: process.execPath }), 100_000);
  assert.throws(() => loadNative("tfjs-node"), {
    code: "GL1354",
    message: /cut short, expected \d+ bytes, found 100000/,
  });
});

test("an add-on that is no library is told apart from a missing one", linux, () => {
  put("package.json", "{}");
  put("lib/napi-v8/tfjs_binding.node", "not a library");
  put("deps/lib/libtensorflow.so.2", { copyOf: process.execPath });
  assert.throws(() => loadNative("tfjs-node"), { code: "GL1356", message: /another platform or is damaged/ });
});

test("every refusal is one sentence that ends with what to do", () => {
  try {
    loadNative("tfjs-node-gpu");
    assert.fail("the package is not there");
  } catch (error) {
    assert.match((error as Error).message, /^[^\n]*; run "npm run native -- --gpu"[^\n]*$/);
  }
});
