import * as vscode from "vscode";
import { configurationOf } from "../debug/configurationProvider";
import { pickModel } from "./pickModel";
import { pickModelFile } from "./pickModelFile";
import { activeModelFile, requireTrust, type TrainServices } from "./train";

/** Debug Model: a session on the active model file, or one that is asked for, which stands before its first update. */
export async function debug({ client }: TrainServices, target?: vscode.Uri): Promise<void> {
  requireTrust();
  const title = vscode.l10n.t("Debug Model");
  const uri = target ?? activeModelFile() ?? (await pickModelFile(title));
  const picked = uri && (await pickModel(client, uri, title));
  if (!picked) return;
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  await vscode.debug.startDebugging(folder, configurationOf(`${picked.file}#${picked.exportName}`));
}
