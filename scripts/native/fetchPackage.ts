import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { lastLines, runNpm } from "../lib/command";
import { must } from "./must";

/** Unpacks an npm package by itself, without its dependencies or scripts, and returns its folder. */
export async function fetchPackage(name: string, version: string, work: string): Promise<string> {
  console.log(`Fetching ${name} ${version} from npm`);
  const folder = join(work, name.replace(/\W/g, "-"));
  mkdirSync(folder, { recursive: true });
  const { status, output } = await runNpm(["pack", `${name}@${version}`, "--pack-destination", folder], {
    quiet: true,
  });
  const archive = readdirSync(folder).find((file) => file.endsWith(".tgz"));
  if (status !== 0 || !archive) throw new Error(`npm could not fetch ${name}@${version}: ${lastLines(output, 3)}`);
  await must("tar", ["-xzf", archive], folder);
  return join(folder, "package");
}
