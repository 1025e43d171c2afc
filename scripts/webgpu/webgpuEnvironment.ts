import { lastLines, runNode } from "../lib/command";
import { Unavailable } from "../vscode/unavailable";
import { installWebgpu } from "./installWebgpu";
import { softwareAdapter } from "./softwareAdapter";

/**
 * Fetches what WebGPU needs where it is missing, and looks whether this machine has an adapter.
 *
 * @returns the environment in which it works
 * @throws Unavailable with the reason where it does not
 */
export async function webgpuEnvironment(): Promise<NodeJS.ProcessEnv> {
  try {
    await installWebgpu();
  } catch (error) {
    throw new Unavailable((error as Error).message);
  }
  const env = softwareAdapter();
  const script = ["--import", "tsx", "scripts/webgpu/nameAdapter.ts"];
  const { status, output } = await runNode(script, { env: { ...process.env, ...env }, quiet: true });
  const line = lastLines(output, 1);
  if (status !== 0) throw new Unavailable(line);
  console.log(line);
  return env;
}
