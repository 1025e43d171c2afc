import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { must } from "./must";

/** Compiles the package's own sources into `lib/napi-v8/tfjs_binding.node`, which finds its library beside itself. */
export async function compileAddon(packageFolder: string, headers: string): Promise<void> {
  const libraries = join(packageFolder, "deps", "lib");
  symlinkSync("libtensorflow_cc.so.2", join(libraries, "libtensorflow.so"));
  symlinkSync("libtensorflow_framework.so.2", join(libraries, "libtensorflow_framework.so"));
  mkdirSync(join(packageFolder, "lib", "napi-v8"), { recursive: true });
  await must(
    process.env["CXX"] ?? "g++",
    [
      ...["-std=c++17", "-O2", "-shared", "-fPIC", "-DNAPI_VERSION=8", "-I.", "-Ideps/include"],
      ...["-I", join(headers, "include"), "binding/tfjs_backend.cc", "binding/tfjs_binding.cc"],
      ...["-Ldeps/lib", "-ltensorflow", "-ltensorflow_framework", "-Wl,-rpath,$ORIGIN/../../deps/lib"],
      ...["-o", "lib/napi-v8/tfjs_binding.node"],
    ],
    packageFolder,
  );
}
