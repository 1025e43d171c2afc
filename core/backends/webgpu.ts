import { createRequire } from "node:module";
import { join, sep } from "node:path";
import { GradlensError } from "../errors";
import type { Backend } from "./backend";
import { packageFolders, searched } from "./native/nativePackage";
import { withFacade } from "./native/withFacade";
import { firstLine } from "./selfTest";
import { tf } from "./tf";

/** WebGPU through Dawn: any graphics card with a Vulkan, Metal or Direct3D driver. Opt-in, since reading values is slow. */
export const webgpu: Backend = {
  id: "webgpu",
  title: "WebGPU",
  optIn: true,
  async activate() {
    const adapter = await (started ??= start());
    if (!(await tf.setBackend("webgpu"))) {
      throw new GradlensError(
        "GL1323",
        "the WebGPU device could not be started; update the graphics driver or use wasm",
      );
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

/** Loads both packages into our engine and returns the adapter's name. */
async function start(): Promise<string> {
  const [dawnFolder, kernelFolder] = [find("webgpu"), find("@tensorflow/tfjs-backend-webgpu")];
  let adapter: Adapter | null;
  try {
    const { create, globals } = createRequire(join(dawnFolder, "package.json"))(dawnFolder) as Dawn;
    const gpu = create([]);
    Object.assign(globalThis, globals);
    Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true, writable: true });
    adapter = await gpu.requestAdapter();
  } catch (error) {
    throw new GradlensError("GL1322", `package webgpu did not load: ${firstLine(error)}; install it again`, {
      cause: error,
    });
  }
  if (!adapter) {
    throw new GradlensError(
      "GL1321",
      "no WebGPU adapter was found; install a Vulkan driver and libvulkan, or use wasm",
    );
  }
  withFacade(kernelFolder + sep, () => createRequire(join(kernelFolder, "package.json"))(kernelFolder) as unknown);
  return [adapter.info?.vendor, adapter.info?.description].filter(Boolean).join(" ") || "an unnamed adapter";
}

function find(name: string): string {
  const [folder] = packageFolders(name);
  if (folder) return folder;
  const both = "webgpu @tensorflow/tfjs-backend-webgpu@4.22.0";
  throw new GradlensError(
    "GL1320",
    `package ${name} is not installed${searched()}; run "npm install --no-save ${both}" to use WebGPU`,
  );
}
