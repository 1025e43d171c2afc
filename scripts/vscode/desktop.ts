import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "../lib/root";
import { quietSettings } from "./quietSettings";

export interface DesktopWindow {
  /** Resolves when the person has closed it. */
  readonly closed: Promise<void>;
  stop(): void;
}

/** The `code` command of a desktop VS Code that can show a window here. */
export function findDesktop(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const hasDisplay = process.platform !== "linux" || Boolean(env["DISPLAY"] ?? env["WAYLAND_DISPLAY"]);
  const isRemote = env["VSCODE_IPC_HOOK_CLI"] !== undefined; // there `code` only talks to a window elsewhere
  if (!hasDisplay || isRemote || process.getuid?.() === 0) return undefined;
  const name = process.platform === "win32" ? "code.cmd" : "code";
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Opens a folder in a VS Code with our extension. It has a profile of its own: nobody's settings and windows are touched. */
export function openDesktop(code: string, folder: string, env: Readonly<Record<string, string>>): DesktopWindow {
  const profile = join(root, ".cache", "editor-desktop");
  const userSettings = join(profile, "user", "User", "settings.json");
  mkdirSync(join(profile, "user", "User"), { recursive: true });
  if (!existsSync(userSettings)) writeFileSync(userSettings, JSON.stringify(quietSettings, null, 2));
  const options = ["--user-data-dir", join(profile, "user"), "--extensions-dir", join(profile, "extensions")];
  const args = ["--wait", "--new-window", ...options, `--extensionDevelopmentPath=${root}`, folder];
  const isWindows = process.platform === "win32";
  const child = spawn(isWindows ? `"${code}"` : code, isWindows ? args.map((arg) => `"${arg}"`) : args, {
    env: { ...process.env, ...env },
    stdio: "inherit",
    shell: isWindows,
  });
  return {
    closed: new Promise((resolve, reject) => {
      child.once("exit", () => resolve());
      child.once("error", reject);
    }),
    stop: () => endTree(child.pid),
  };
}

/** Ends a process and all that it started; VS Code's own processes are in groups of their own. */
function endTree(pid: number | undefined): void {
  if (pid === undefined) return;
  if (process.platform === "win32") {
    spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore" });
    return;
  }
  const table = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" });
  const rows = table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const tree = [pid];
  for (const parent of tree) tree.push(...rows.filter((row) => row[1] === parent).map((row) => row[0] ?? 0));
  for (const member of tree) {
    try {
      process.kill(member, "SIGTERM");
    } catch {
      // it has ended already
    }
  }
}
