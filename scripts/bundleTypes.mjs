// Rolls what a model file may import from "gradlens" up into one declaration file, tensors and their operations included.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const entry = "core/index.ts";
const cache = ".cache/types";
const resolvePackage = createRequire(import.meta.url).resolve;

/** Writes the declarations to a file. The compiler takes half a minute, so they are kept until a file that they come from changes. */
export async function bundleTypes(outfile) {
  const kept = join(cache, `${await keyOfSources()}.d.ts`);
  if (!existsSync(kept)) {
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    const part = `${kept}.${process.pid}.part`;
    await generate(part);
    writeFileSync(part, `${header}${stubs}${readFileSync(part, "utf8")}\n${chainedMethods()}`);
    renameSync(part, kept);
  }
  mkdirSync(dirname(outfile), { recursive: true });
  copyFileSync(kept, outfile);
}

const header = `// What a Gradient Lens model file imports from "gradlens". MIT licence; the declarations of tensors and their operations are
// TensorFlow.js's, Copyright Google LLC, Apache License 2.0 (https://www.apache.org/licenses/LICENSE-2.0).
`;

/** What TensorFlow.js names of the web's and other packages' types: unknown here, so that a folder needs neither of them. */
const foreign =
  "File GPUBuffer HTMLCanvasElement HTMLImageElement HTMLSourceElement HTMLVideoElement ImageBitmap ImageData Long Navigator ReadableStream<T> RequestInit Response WebGLContextAttributes WebGLTexture";

const stubs = `${foreign
  .split(" ")
  .map((name) => `type ${name} = unknown;`)
  .join("\n")}
declare const fetch: unknown;
`;

/** Changes with this script, the packages and every file that the entry reaches. */
async function keyOfSources() {
  const { metafile } = await build({
    ...{ entryPoints: [entry], bundle: true, write: false, metafile: true, logLevel: "warning" },
    ...{ platform: "node", packages: "external" },
  });
  const hash = createHash("sha256");
  for (const file of ["scripts/bundleTypes.mjs", "package-lock.json", ...Object.keys(metafile.inputs).sort()])
    hash.update(file).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

function generate(outfile) {
  const generator = resolvePackage("dts-bundle-generator/dist/bin/dts-bundle-generator.js");
  const options = ["--project", "tsconfig.json", "--no-check", "--silent", "--export-referenced-types=false"];
  const args = [generator, ...options, "--external-inlines", "@tensorflow/tfjs-core", "-o", outfile, entry];
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    let told = "";
    child.stderr.on("data", (chunk) => (told += chunk));
    child.once("error", fail);
    child.once("exit", (status) => (status === 0 ? done() : fail(new Error(`types could not be rolled up:\n${told}`))));
  });
}

/** `x.mul(y)` and the rest, which TensorFlow.js declares in a file for each, as additions to a module that is not there any more. */
function chainedMethods() {
  const folder = join(dirname(resolvePackage("@tensorflow/tfjs-core/package.json")), "dist/public/chained_ops");
  const methods = readdirSync(folder)
    .filter((name) => name.endsWith(".d.ts"))
    .flatMap((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      return /interface Tensor<R extends Rank = Rank> \{\n(.*?)\n {4}\}/s.exec(text)?.[1] ?? [];
    });
  return `interface Tensor<R extends Rank = Rank> {\n${methods.join("\n")}\n}\n`;
}
