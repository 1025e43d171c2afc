import { join } from "node:path";
import * as vscode from "vscode";
import { GradlensError } from "../../core/errors";
import { commandIds } from "../ids";
import { offer } from "../messages";
import { hasTypes, type ShippedTypes } from "./setUpTypes";

/** New Model File: asks where, writes a belief net that trains on built-in digits, and opens it. */
export async function newModelFile({ extensionPath }: ShippedTypes): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file");
  const file = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("New Model File"),
    filters: { [vscode.l10n.t("Model files")]: ["ts"] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder.uri, "model.ts") } : {}),
  });
  if (!file) return;
  if (!file.path.endsWith(".ts"))
    throw new GradlensError("GL8051", `a model file ends in .ts, found "${file.path}"; choose such a name`);
  const template = vscode.Uri.file(join(extensionPath, "media/templates/model.ts"));
  await vscode.workspace.fs.writeFile(file, await vscode.workspace.fs.readFile(template));
  await vscode.window.showTextDocument(file);
  const own = vscode.workspace.getWorkspaceFolder(file);
  if (!own || (await hasTypes(own.uri))) return;
  void offer("info", vscode.l10n.t('TypeScript does not know "gradlens" in {0} yet.', own.name), {
    title: vscode.l10n.t("Set Up Types"),
    run: () => vscode.commands.executeCommand(commandIds.setUpTypes, file),
  });
}
