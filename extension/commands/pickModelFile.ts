import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import { isModelText } from "../modelFile";

/** Most files of a workspace that are looked into for a model. */
const searchLimit = 500;

/** Asks for one of the workspace's model files; opens a file dialog where there is none. */
export async function pickModelFile(title: string): Promise<vscode.Uri | undefined> {
  const files = await findModelFiles();
  if (files.length === 0) {
    const chosen = await vscode.window.showOpenDialog({
      title: vscode.l10n.t("{0}: Model File", title),
      filters: { [vscode.l10n.t("Model files")]: ["ts", "js", "mts", "mjs"] },
    });
    return chosen?.[0];
  }
  const items = files.map((uri) => ({
    label: vscode.workspace.asRelativePath(uri),
    uri,
    iconPath: vscode.ThemeIcon.File,
  }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t("Model file") }))?.uri;
}

async function findModelFiles(): Promise<readonly vscode.Uri[]> {
  const found = await vscode.workspace.findFiles("**/*.{ts,js,mts,mjs}", "**/{node_modules,dist,out}/**", searchLimit);
  const isModel = await Promise.all(
    found.map(
      async (uri) =>
        uri.scheme === "file" && isModelText((await readFile(uri.fsPath, "utf8").catch(() => "")).slice(0, 10_000)),
    ),
  );
  return found.filter((_, index) => isModel[index]).sort((a, b) => a.fsPath.localeCompare(b.fsPath));
}
