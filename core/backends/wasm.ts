import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { GradlensError } from "../errors";
import type { Backend } from "./backend";
import { replaceKernels } from "./fused/replaceKernels";
import { installWasmKernels } from "./fused/wasmKernels";
import { tf } from "./tf";

/** WebAssembly on one core: the bundled default. */
export const wasm: Backend = {
  id: "wasm",
  title: "WebAssembly",
  optIn: false,
  async activate() {
    await startWasm();
    const kernels = installWasmKernels();
    if (!kernels) return "WebAssembly without SIMD on one core";
    replaceKernels(kernels);
    return `WebAssembly with ${kernels.relaxed ? "relaxed SIMD" : "SIMD"} on one core`;
  },
};

/** Starts TensorFlow.js's WebAssembly back end as it comes, without our kernels. */
export async function startWasm(): Promise<void> {
  const listeners = processListeners();
  setWasmPaths(wasmFolder() + "/");
  const started = await tf.setBackend("wasm");
  removeListenersBut(listeners);
  if (!started) {
    throw new GradlensError("GL1301", "the WebAssembly module could not be started; reinstall Gradient Lens");
  }
}

/** The folder of the .wasm files: `wasm/` beside the bundle, else the package's own when run from source. */
function wasmFolder(): string {
  const bundled = join(__dirname, "wasm");
  if (existsSync(join(bundled, "tfjs-backend-wasm-simd.wasm"))) return bundled;
  try {
    return join(dirname(createRequire(__filename).resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist");
  } catch (error) {
    throw new GradlensError(
      "GL1301",
      `the WebAssembly files are missing, expected them in ${bundled}; reinstall Gradient Lens`,
      {
        cause: error,
      },
    );
  }
}

type Listener = (...args: unknown[]) => void;
const events = ["uncaughtException", "unhandledRejection"] as const;

function processListeners(): Listener[] {
  return events.flatMap((event) => process.listeners(event as "exit") as Listener[]);
}

/** The module's start-up code rethrows every uncaught error of the process, printing itself; errors are not its business. */
function removeListenersBut(kept: Listener[]): void {
  for (const event of events) {
    for (const listener of process.listeners(event as "exit") as Listener[]) {
      if (!kept.includes(listener)) process.removeListener(event, listener);
    }
  }
}
