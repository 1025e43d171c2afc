import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLines, runNpm } from "../lib/command";
import type { NativeRecipe } from "./recipes";

/**
 * Installs the package as npm does, with the downloads of its own install script: libtensorflow and a compiled add-on, which its
 * authors host. The script's settings (`TFJS_NODE_BASE_URI`, `TFJS_NODE_CDN_STORAGE`) name other hosts.
 *
 * @returns the folder of the package, whole
 * @throws Error, one clause, when npm or a download fails
 */
export async function downloadPackage({ packageName, version }: NativeRecipe, work: string): Promise<string> {
  const name = `@tensorflow/${packageName}`;
  const folder = join(work, "download");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "native", private: true }));
  console.log(`Downloading ${name} ${version} with its library`);
  const { status, output } = await runNpm(
    ["install", `${name}@${version}`, "--no-audit", "--no-fund", "--foreground-scripts", "--loglevel=error"],
    { quiet: true, cwd: folder },
  );
  if (status !== 0) throw new Error(`the download failed (${reasonIn(output)})`);
  const made = join(folder, "node_modules", "@tensorflow", packageName);
  if (!existsSync(join(made, "deps", "lib"))) throw new Error("the download left no library");
  return made;
}

/** The line of npm's output that says most. */
function reasonIn(output: string): string {
  const lines = output
    .split("\n")
    .filter((line) => /error/i.test(line) && !/^npm error (?:A complete log|path|command)/i.test(line));
  return (
    lines.find((line) => /ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|404|403|certificate|status/i.test(line)) ??
    lines[0] ??
    lastLines(output, 1)
  )
    .replace(/^npm error\s*/, "")
    .trim();
}
