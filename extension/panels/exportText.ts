import * as vscode from "vscode";
import { offer } from "../messages";

const titles = { svg: "SVG", csv: "CSV", json: "JSON" } as const;

/** Asks where to save what a panel exports, and writes it there. */
export async function exportText(name: string, format: keyof typeof titles, text: string): Promise<void> {
  const fileName = `${name.replace(/[^\w.-]+/g, "-")}.${format}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    filters: { [titles[format]]: [format] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, fileName) } : {}),
  });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  await offer("info", vscode.l10n.t("Saved {0}.", vscode.workspace.asRelativePath(target)), {
    title: vscode.l10n.t("Open File"),
    run: () => vscode.commands.executeCommand("vscode.open", target),
  });
}
