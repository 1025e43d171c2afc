import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lastLines, runCommand, runNpm } from "../lib/command";
import { codeFolder, completeMark, serverFolder, serverMain, serverNode } from "./serverFolder";
import { Unavailable } from "./unavailable";

const codeServer = "4.100.3"; // VS Code 1.100.3
const vscodeVersion = "1.100.3";
const nodeMajor = 20;
const nodePackage = "20.20.2";
const ripgrep = "1.18.0";

const standIns = join(dirname(fileURLToPath(import.meta.url)), "stand-ins");

/**
 * Installs VS Code's server from npm (40 s, 250 MB), once, and returns its folder. Nothing is compiled: stand-ins replace
 * the log writer and the watchdog; what only terminals, proxies and passwords need is left out.
 */
export async function installServer(report: (text: string) => void = console.log): Promise<string> {
  const cores = process.arch === "x64" || process.arch === "arm64";
  if (process.platform !== "linux" || !cores) {
    throw new Unavailable(
      `VS Code's server is set up on Linux (x64, arm64) only, found ${process.platform} ${process.arch}`,
    );
  }
  const mark = installationMark();
  if (completeMark(serverFolder) === mark) return serverFolder;
  const started = Date.now();
  report(`Installing VS Code ${vscodeVersion} (code-server ${codeServer} from npm)`);
  // Made beside its place and moved there when it works: an interrupted installation is replaced, never mended.
  const part = `${serverFolder}.${process.pid}.part`;
  removeLeftOvers();
  try {
    await install(part);
    writeFileSync(join(part, ".complete"), mark);
    if (completeMark(serverFolder) !== mark) {
      rmSync(serverFolder, { recursive: true, force: true });
      renameSync(part, serverFolder);
    }
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  report(`Installed VS Code ${vscodeVersion} in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return serverFolder;
}

function needsOwnNode(): boolean {
  return Number(process.versions.node.split(".")[0]) !== nodeMajor;
}

/** Changes with everything that an installation is made of. */
function installationMark(): string {
  const parts = readdirSync(standIns).map((name) => readFileSync(join(standIns, name), "utf8"));
  return [`code-server ${codeServer} ripgrep ${ripgrep} own node ${needsOwnNode()}`, ...parts].join("\n");
}

/** Removes what an installation that was killed has left. */
function removeLeftOvers(): void {
  mkdirSync(dirname(serverFolder), { recursive: true });
  for (const name of readdirSync(dirname(serverFolder))) {
    const pid = Number(/\.(\d+)\.part$/.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isAlive(pid)) rmSync(join(dirname(serverFolder), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function install(part: string): Promise<void> {
  mkdirSync(part, { recursive: true });
  writeFileSync(join(part, "package.json"), '{ "private": true }\n');
  const packages = [`code-server@${codeServer}`, `@vscode/ripgrep@${ripgrep}`];
  const nodeName = `node-linux-${process.arch}`;
  if (needsOwnNode()) packages.push(`${nodeName}@${nodePackage}`);
  await npmInstall(part, ["--save-exact", ...packages]);
  if (needsOwnNode()) symlinkSync(join("node_modules", nodeName, "bin", "node"), join(part, "node"));

  const code = codeFolder(part);
  await npmInstall(code, ["--omit=dev"]);
  await npmInstall(join(code, "extensions"), ["--omit=dev"]); // TypeScript's own server
  symlinkSync("node_modules", join(code, "node_modules.asar")); // VS Code looks for some files under this name
  // This VS Code asks for a ripgrep that downloads its binary; a newer one carries it inside the package.
  const binary = join("node_modules", "@vscode", `ripgrep-linux-${process.arch}`, "bin", "rg");
  const bin = join(code, "node_modules", "@vscode", "ripgrep", "bin");
  mkdirSync(bin, { recursive: true });
  cpSync(join(part, binary), join(bin, "rg"));
  cpSync(join(standIns, "spdlog.cjs"), join(code, "node_modules", "@vscode", "spdlog", "index.js"));
  cpSync(join(standIns, "native-watchdog.cjs"), join(code, "node_modules", "native-watchdog", "index.js"));

  const { output } = await runCommand(serverNode(part), [serverMain(part), "--version"], { quiet: true });
  if (output.split("\n")[0] !== vscodeVersion)
    throw new Error(`VS Code's server does not start:\n${lastLines(output)}`);
}

async function npmInstall(folder: string, args: readonly string[]): Promise<void> {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  const { status, output } = await runNpm(["install", ...quiet, ...args], { cwd: folder, quiet: true });
  if (status !== 0) throw new Error(`npm could not install VS Code's server:\n${lastLines(output)}`);
}
