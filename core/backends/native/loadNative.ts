import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join, sep } from "node:path";
import { GradlensError } from "../../errors";
import { firstLine } from "../selfTest";
import { tf } from "../tf";
import { checkLibrary } from "./checkLibrary";
import type { NativePackage, NativePackageName } from "./nativePackage";
import { findNativePackage, remedy } from "./nativePackage";
import { withFacade } from "./withFacade";

interface NativeKernelBackend extends tf.KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/** What was loaded; a process can hold one TensorFlow library only. */
export interface NativeEngine {
  readonly name: NativePackageName;
  readonly usesGpu: boolean;
  readonly version: string;
}

let loaded: NativeEngine | undefined;

/** The native library that this process holds, if any. */
export function loadedNative(): NativeEngine | undefined {
  return loaded;
}

/**
 * Loads a native package's kernels and library into our engine under TensorFlow.js's name `tensorflow`.
 *
 * @throws GradlensError that tells a missing package, library, symbol or platform apart
 */
export function loadNative(name: NativePackageName): NativeEngine {
  if (loaded?.name === name) return loaded;
  const found = findNativePackage(name);
  if (loaded) {
    throw new GradlensError(
      "GL1357",
      `this process already holds the library of @tensorflow/${loaded.name}; restart the engine to use @tensorflow/${name}`,
    );
  }
  checkLibrary(found);
  setEnvironment();
  const backend = load(found);
  tf.registerBackend("tensorflow", () => backend, 3);
  loaded = { name, usesGpu: backend.isUsingGpuDevice, version: backend.binding.TF_Version };
  return loaded;
}

function load(found: NativePackage): NativeKernelBackend {
  const require = createRequire(join(found.folder, "package.json"));
  try {
    const binding: unknown = require(found.addon);
    return withFacade(found.folder + sep, () => {
      require("./dist/register_all_kernels");
      const { NodeJSKernelBackend } = require("./dist/nodejs_kernel_backend") as {
        NodeJSKernelBackend: new (binding: unknown, packageName: string) => NativeKernelBackend;
      };
      return new NodeJSKernelBackend(binding, `@tensorflow/${found.name}`);
    });
  } catch (error) {
    throw explain(error, found);
  }
}

/** One sentence for a library that did not load. */
function explain(error: unknown, { name, addon }: NativePackage): GradlensError {
  const message = firstLine(error);
  const missing = /(lib[\w.+-]+\.so[\w.]*): cannot open shared object/.exec(message)?.[1];
  if (missing) {
    return new GradlensError("GL1353", `the library ${missing} is missing; ${remedy(name)}`, { cause: error });
  }
  if (/undefined symbol|symbol not found|version `GLIBC/i.test(message)) {
    return new GradlensError(
      "GL1355",
      `libtensorflow does not match the add-on or this system (${message}); ${remedy(name)}`,
      {
        cause: error,
      },
    );
  }
  if (
    /ELF|file too short|wrong architecture|not a valid Win32|mach-o|NODE_MODULE_VERSION|did not self-register/i.test(
      message,
    )
  ) {
    return new GradlensError(
      "GL1356",
      `${addon} was built for another platform or is damaged (${message}); ${remedy(name)}`,
      {
        cause: error,
      },
    );
  }
  return new GradlensError("GL1318", `@tensorflow/${name} did not load: ${message}; ${remedy(name)}`, { cause: error });
}

/**
 * Settings that the library reads when it starts: quiet logs, and half of the cores. Small steps gain nothing from more
 * threads, and the editor and diagnostic workers need some.
 *
 * Its matrix products for AVX-512 (oneDNN's `jit_avx512_common_gemm_f32`) have the stack pointer point at memory of the heap, so that a
 * signal that comes meanwhile writes its frame over what lies below: another tensor, perhaps. A profiler's samples, a terminal's change
 * of size, Ctrl+C and the end of a worker process are such signals. Those for AVX2 leave the stack pointer alone.
 */
function setEnvironment(): void {
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  process.env["TF_NUM_INTRAOP_THREADS"] ??= String(Math.max(1, Math.floor(availableParallelism() / 2)));
  process.env["TF_ENABLE_ONEDNN_OPTS"] ??= "0";
  process.env["ONEDNN_MAX_CPU_ISA"] ??= "AVX2";
  const util = createRequire(join(process.cwd(), "package.json"))("node:util") as Record<string, unknown>;
  util["isNullOrUndefined"] = (value: unknown) => value == null; // gone since Node 23, a warning since 22
  util["isArray"] = Array.isArray;
}
