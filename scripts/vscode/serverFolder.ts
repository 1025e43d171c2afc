import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/root";

/** Where the VS Code server is installed: a cache inside the project, or where `GRADLENS_VSCODE_SERVER` says. */
export const serverFolder = process.env["GRADLENS_VSCODE_SERVER"] ?? join(root, ".cache", "vscode-server");

/** VS Code inside code-server's package. */
export function codeFolder(folder: string): string {
  return join(folder, "node_modules", "code-server", "lib", "vscode");
}

export function serverMain(folder: string): string {
  return join(codeFolder(folder), "out", "server-main.js");
}

/** The Node that VS Code wants: its own when the machine's is of another major version. */
export function serverNode(folder: string): string {
  const own = join(folder, "node");
  return existsSync(own) ? own : process.execPath;
}

/** The text that marks a complete installation; undefined when there is none. */
export function completeMark(folder: string): string | undefined {
  const file = join(folder, ".complete");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
