// Trains an example before your eyes: `npm start`, `npm start -- MODEL`, `npm start -- --headless [option of train…]`.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { runNode } from "./lib/command";
import { followRuns } from "./lib/followRuns";
import { root } from "./lib/root";
import { findDesktop, openDesktop } from "./vscode/desktop";
import { installServer } from "./vscode/installServer";
import { quietSettings } from "./vscode/quietSettings";
import { startServer } from "./vscode/server";

const examples = join(root, "examples");
const defaultModel = join(examples, "sbn-200.ts");

async function main(args: readonly string[]): Promise<number> {
  const [given, ...rest] = args.filter((arg) => arg !== "--headless");
  const hasModel = given !== undefined && !given.startsWith("-");
  const model = hasModel ? resolve(given) : defaultModel;
  const options = hasModel || given === undefined ? rest : [given, ...rest];
  const headless = args.includes("--headless");
  const file = model.replace(/#[^#/\\]*$/, "");
  if (!existsSync(file)) return fail(`expected a model file, found nothing at ${file}`);
  if (!headless && options.length > 0) return fail(`expected a model file or --headless, found ${options.join(" ")}`);
  console.log("Building");
  const { status } = await runNode(["esbuild.mjs"]);
  if (status !== 0) return status;
  return headless ? trainInTerminal(model, options) : trainInEditor(model);
}

/** The same run without an editor; it ends after two epochs unless the options say otherwise. */
function trainInTerminal(model: string, options: readonly string[]): Promise<number> {
  const hasEnd = options.some((option) => /^--(?:steps|epochs)\b/.test(option));
  const args = [join(root, "dist", "cli.js"), "train", model, ...(hasEnd ? [] : ["--epochs", "2"]), ...options];
  const child = spawn(process.execPath, args, { stdio: "inherit", cwd: examples });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((done) => {
    child.once("error", (error) => done(fail(error.message)));
    child.once("exit", (code) => done(code ?? 1));
  });
}

/** Opens the examples in VS Code, where training starts by itself; the terminal shows its progress too. */
async function trainInEditor(model: string): Promise<number> {
  const env = { GRADLENS_AUTOSTART: model };
  const unfollow = followRuns(join(examples, "gradlens-runs"));
  const desktop = findDesktop();
  if (desktop !== undefined) {
    const window = openDesktop(desktop, examples, env);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => window.stop());
    console.log("VS Code opens; close its window or press Ctrl-C here to end.");
    await window.closed;
    unfollow();
    return 0;
  }
  await installServer();
  process.exitCode = 0; // Ctrl-C is how this ends
  const profile = join(root, ".cache", "editor");
  const server = await startServer({ settings: quietSettings, linked: [root], env, profile });
  const url = server.url({ folder: examples });
  console.log(`\nOpen this address in a browser; training starts there. Ctrl-C ends it.\n\n  ${url}\n`);
  openInBrowser(url);
  while (server.isAlive()) await new Promise((next) => setTimeout(next, 500));
  unfollow();
  return fail("VS Code's server ended by itself");
}

/** Shows an address in the person's own browser where there is one; it is printed anyway. */
function openInBrowser(url: string): void {
  if (!process.env["DISPLAY"] && !process.env["WAYLAND_DISPLAY"]) return;
  const opener = spawn("xdg-open", [url], { stdio: "ignore", detached: true });
  opener.on("error", () => undefined);
  opener.unref();
}

function fail(message: string): number {
  console.error(message);
  return 1;
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: unknown) => process.exit(fail(error instanceof Error ? error.message : String(error))),
);
