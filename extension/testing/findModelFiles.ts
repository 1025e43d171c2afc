import * as vscode from "vscode";
import { checksFileName } from "../../core/protocol/checks";
import { isModelText } from "../modelFile";
import { settings } from "../settings";

/** Model files import `gradlens` in their first lines; no more of a file is looked at. */
const HEAD_CHARACTERS = 8192;
const MOST_FILES = 2000;

export const modelGlob = "**/*.{ts,mts,cts,js,mjs,cjs}";
export const checksGlob = `**/{${checksFileName},*.${checksFileName}}`;
const notOurs = "**/{node_modules,dist,out,build,.git}/**";

/** Model files of the workspace as far as their imports tell; copies in run folders are none. */
export async function findModelFiles(token: vscode.CancellationToken): Promise<readonly vscode.Uri[]> {
  const files = await vscode.workspace.findFiles(modelGlob, notOurs, MOST_FILES, token);
  const found = await Promise.all(files.map(async (uri) => ((await isModelFile(uri)) ? [uri] : [])));
  return found.flat();
}

export function findChecksFiles(token: vscode.CancellationToken): Thenable<vscode.Uri[]> {
  return vscode.workspace.findFiles(checksGlob, notOurs, MOST_FILES, token);
}

export async function isModelFile(uri: vscode.Uri): Promise<boolean> {
  const runs = settings.runsFolder(uri.fsPath);
  if (uri.scheme !== "file" || uri.path.endsWith(".d.ts")) return false;
  if (runs !== undefined && uri.fsPath.startsWith(runs)) return false;
  try {
    const head = (await vscode.workspace.fs.readFile(uri)).subarray(0, HEAD_CHARACTERS);
    return isModelText(new TextDecoder().decode(head));
  } catch {
    return false; // gone since it was listed
  }
}

export const isChecksFile = (uri: vscode.Uri | undefined): boolean => uri?.path.endsWith(".checks.json") === true;
