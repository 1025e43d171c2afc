import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { relaxedBinary, simdBinary } from "../../../../core/backends/fused/kernelBinaries";
import { compileKernels } from "../../../../scripts/compileKernels";

test("the checked-in kernels are what their source compiles to", async () => {
  const checkedIn = readFileSync("core/backends/fused/kernelBinaries.ts", "utf8");
  assert.ok(
    (await compileKernels()) === checkedIn,
    "run node --import tsx scripts/compileKernels.ts and commit the result",
  );
});

test("the kernels own no memory, so they cannot overwrite a tensor that is not theirs to write", () => {
  const binary = Buffer.from(simdBinary, "base64");
  const module = new WebAssembly.Module(binary);
  assert.deepEqual(WebAssembly.Module.imports(module), [{ module: "env", name: "memory", kind: "memory" }]);
  assert.ok(WebAssembly.Module.exports(module).every(({ kind }) => kind === "function"));
  for (const encoded of [simdBinary, relaxedBinary])
    assert.equal(sections(Buffer.from(encoded, "base64")).includes(11), false);
});

/** Section ids of a WebAssembly binary; 11 is data. */
function sections(bytes: Buffer): number[] {
  const ids: number[] = [];
  for (let at = 8; at < bytes.length;) {
    ids.push(bytes[at++]!);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return ids;
}
