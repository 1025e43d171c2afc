import * as vscode from "vscode";

/** Saves what is being edited of a file, so that the engine reads what is on the screen. */
export async function saveIfOpen(uri: vscode.Uri): Promise<void> {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  if (document?.isDirty) await document.save();
}
