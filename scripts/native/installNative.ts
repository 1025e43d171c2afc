import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inWorkFolder } from "../lib/inWorkFolder";
import { lastLines } from "../lib/command";
import { root } from "../lib/root";
import { buildFromSource } from "./buildFromSource";
import { downloadPackage } from "./downloadPackage";
import { type NativeRecipe, recipes } from "./recipes";
import { verifyNative } from "./verifyNative";

export interface NativeOptions {
  readonly gpu?: boolean;
  /** Where to put it; `.cache/native`, where the engine looks, unless said otherwise. */
  readonly folder?: string;
  /** Take the package with its own downloads first, and build from source only where they fail. */
  readonly download?: boolean;
}

/**
 * Makes `@tensorflow/tfjs-node` (or `-gpu`) work in a folder of its own. Does nothing when it is there and loads. What was there stays
 * until the new one is whole.
 *
 * @returns one line on what there is now
 * @throws Unavailable when this machine cannot have it, any other Error when a step failed; one sentence each
 */
export async function installNative({ gpu = false, folder, download = false }: NativeOptions = {}): Promise<string> {
  const recipe = gpu ? recipes.gpu : recipes.cpu;
  const target = folder ?? join(root, ".cache", "native");
  const destination = join(target, "node_modules", "@tensorflow", recipe.packageName);
  if (isCurrent(destination, recipe)) {
    const works = await verifyNative(recipe.packageName, target);
    if (works.status === 0) return `Already installed: ${lastLines(works.output, 1)}`;
  }
  const work = join(target, `building-${recipe.packageName}`);
  await inWorkFolder(work, async () => {
    const made = (download ? await tryDownload(recipe, work) : null) ?? (await buildFromSource(recipe, target, work));
    writeFileSync(join(made, STAMP), stampOf(recipe));
    rmSync(destination, { recursive: true, force: true });
    mkdirSync(join(destination, ".."), { recursive: true });
    renameSync(made, destination);
  });
  const works = await verifyNative(recipe.packageName, target);
  if (works.status !== 0) throw new Error(`The add-on is there but does not load: ${lastLines(works.output, 1)}`);
  return `Installed: ${lastLines(works.output, 1)}`;
}

async function tryDownload(recipe: NativeRecipe, work: string): Promise<string | null> {
  try {
    return await downloadPackage(recipe, work);
  } catch (error) {
    console.log(`${(error as Error).message}; building it from source instead`);
    return null;
  }
}

const STAMP = "built-from.txt";

const stampOf = ({ packageName, version, wheel, wheelVersion }: NativeRecipe): string =>
  `${packageName} ${version}, ${wheel} ${wheelVersion}, ${process.arch}\n`;

function isCurrent(destination: string, recipe: NativeRecipe): boolean {
  const stamp = join(destination, STAMP);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === stampOf(recipe);
}
