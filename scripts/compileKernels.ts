// Compiles core/backends/fused/kernels (AssemblyScript) to core/backends/fused/kernelBinaries.ts, which is checked in so that the
// code runs from source without a build. A unit test compares the two. Run: node --import tsx scripts/compileKernels.ts
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");
const source = "core/backends/fused/kernels/index.ts";

/** The text of kernelBinaries.ts; the same for the same source and compiler. */
export async function compileKernels(): Promise<string> {
  const plain = await compile(["simd"]);
  const relaxed = await compile(["simd", "relaxed-simd"]);
  const lines = (bytes: Uint8Array): string =>
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,110}/g)!
      .map((line) => `  "${line}",`)
      .join("\n");
  return `// Made by scripts/compileKernels.ts from the files in kernels/. Do not edit.

/** WebAssembly with SIMD, base64. */
export const simdBinary = [
${lines(plain)}
].join("");

/** The same with relaxed SIMD: multiply and add in one instruction. */
export const relaxedBinary = [
${lines(relaxed)}
].join("");
`;
}

async function compile(features: string[]): Promise<Uint8Array> {
  const { default: asc } = await import("assemblyscript/asc");
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      source,
      ...[
        "--baseDir",
        root,
        "-O3",
        "--noAssert",
        "--runtime",
        "stub",
        "--importMemory",
        "--noExportMemory",
        "--disableWarning",
        "112",
      ],
      ...features.flatMap((feature) => ["--enable", feature]),
      ...["--outFile", "kernels.wasm"],
    ],
    {
      writeFile(name: string, contents: Uint8Array | string) {
        if (name === "kernels.wasm") binary = contents as Uint8Array;
      },
    },
  );
  if (error || !binary) throw new Error(`the kernels do not compile: ${error?.message ?? ""}\n${stderr.toString()}`);
  return binary;
}

if (process.argv[1]?.endsWith("compileKernels.ts")) {
  void compileKernels().then((text) => writeFileSync(join(root, "core/backends/fused/kernelBinaries.ts"), text));
}
