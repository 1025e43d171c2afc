import { isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import { trainWithDefaults, type TrainServices } from "./commands/train";

/**
 * Begins training without a click when the environment names a model, as `npm start` does: the file is opened, the panels
 * beside it.
 * @param model `file` or `file#export`; a relative file lies in the first workspace folder
 */
export async function autostart(model: string, services: TrainServices): Promise<void> {
  const [name = "", exportName] = model.split("#");
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const file = isAbsolute(name) || folder === undefined ? name : join(folder, name);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { viewColumn: vscode.ViewColumn.One, preview: false });
  await trainWithDefaults(services, file, exportName);
}
