import { createRequire } from "node:module";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { GradlensError } from "../errors";
import type { Backend } from "./backend";
import { packageFolders, searched } from "./native/nativePackage";
import { withFacade } from "./native/withFacade";
import { firstLine } from "./selfTest";
import { tf } from "./tf";
import { watchNativeTicks } from "./webgpu/nativeTicks";
import { type CheckedBackend, mendKernels } from "./webgpu/mendKernels";
import { readSynchronously, type WebgpuBackend } from "./webgpu/readSynchronously";

/** WebGPU through Dawn: any graphics card with a Vulkan, Metal or Direct3D driver. Opt-in, since small steps are slow on it. */
export const webgpu: Backend = {
  id: "webgpu",
  title: "WebGPU",
  optIn: true,
  async activate() {
    const adapter = await (started ??= start());
    if (!(await tf.setBackend("webgpu"))) {
      throw new GradlensError(
        "GL1341",
        "the WebGPU device could not be started; update the graphics driver or use wasm",
      );
    }
    const backend = tf.backend() as WebgpuBackend & CheckedBackend;
    if (backend !== prepared) {
      readSynchronously(backend);
      mendKernels(backend);
      prepared = backend;
    }
    return `WebGPU on ${adapter}`;
  },
};

interface Adapter {
  readonly info?: { readonly description?: string; readonly vendor?: string };
}

/** What of the package `webgpu` is used. */
interface Dawn {
  create(options: readonly string[]): { requestAdapter(): Promise<Adapter | null> };
  readonly globals: Readonly<Record<string, unknown>>;
}

let started: Promise<string> | undefined;
let prepared: tf.KernelBackend | undefined;

/** Loads both packages into our engine and returns the adapter's name. */
async function start(): Promise<string> {
  const [dawnFolder, kernelFolder] = [find("webgpu"), find("@tensorflow/tfjs-backend-webgpu")];
  let adapter: Adapter | null;
  try {
    watchNativeTicks();
    const { create, globals } = (await import(pathToFileURL(join(dawnFolder, "index.js")).href)) as Dawn;
    const gpu = create([]);
    Object.assign(globalThis, globals);
    Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true, writable: true });
    adapter = await gpu.requestAdapter();
  } catch (error) {
    throw new GradlensError("GL1340", `package webgpu did not load: ${firstLine(error)}; install it again`, {
      cause: error,
    });
  }
  if (!adapter) {
    throw new GradlensError(
      "GL1339",
      "no WebGPU adapter was found; install a Vulkan driver and libvulkan, or use wasm",
    );
  }
  withFacade(kernelFolder + sep, () => createRequire(join(kernelFolder, "package.json"))(kernelFolder) as unknown);
  return [adapter.info?.vendor, adapter.info?.description].filter(Boolean).join(" ") || "an unnamed adapter";
}

function find(name: string): string {
  const [folder] = packageFolders(name);
  if (folder) return folder;
  const both = "webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0";
  throw new GradlensError(
    "GL1338",
    `package ${name} is not installed${searched()}; run "npm run native -- --webgpu" in the Gradient Lens folder, or "npm install ${both}" in a folder that GRADLENS_NATIVE names`,
  );
}
