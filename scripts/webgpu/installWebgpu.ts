import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inWorkFolder } from "../lib/inWorkFolder";
import { root } from "../lib/root";
import { fetchPackage } from "../native/fetchPackage";

/** Versions that were tried together; both hold all they need. */
const packages = [
  { name: "webgpu", version: "0.6.2" },
  { name: "@tensorflow/tfjs-backend-webgpu", version: "4.22.0" },
] as const;

/**
 * Puts Dawn for Node and TensorFlow.js's WebGPU kernels into `.cache/native`, where the engine looks, or another folder. Does nothing
 * when they are there.
 *
 * @returns one line on what there is now
 */
export async function installWebgpu(folder = join(root, ".cache", "native")): Promise<string> {
  const missing = packages.filter(({ name, version }) => installedVersion(folder, name) !== version);
  const line = packages.map(({ name, version }) => `${name} ${version}`).join(" and ");
  if (missing.length === 0) return `Already installed: ${line}`;
  const work = join(folder, "fetching-webgpu");
  await inWorkFolder(work, async () => {
    for (const { name, version } of missing) {
      const fetched = await fetchPackage(name, version, work);
      const destination = join(folder, "node_modules", name);
      rmSync(destination, { recursive: true, force: true });
      mkdirSync(join(destination, ".."), { recursive: true });
      renameSync(fetched, destination);
    }
  });
  return `Installed: ${line}`;
}

function installedVersion(folder: string, name: string): string | null {
  const file = join(folder, "node_modules", name, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version : null;
}
