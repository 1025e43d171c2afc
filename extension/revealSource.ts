import * as vscode from "vscode";
import type { SourceLocation } from "../core/protocol/source";

/** Where a source line is now, when its file was edited since; null when the line is gone. */
export type CurrentLine = (source: SourceLocation) => number | null | undefined;

let currentLine: CurrentLine = () => undefined;

/** The inline view knows where lines went; it is asked before a jump. */
export function setCurrentLine(find: CurrentLine): void {
  currentLine = find;
}

/** Opens a source line in the column where its file is shown, else in the first. */
export async function revealSource(source: SourceLocation): Promise<void> {
  const uri = vscode.Uri.file(source.file);
  const document = await vscode.workspace.openTextDocument(uri);
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const line = Math.min(currentLine(source) ?? source.line - 1, document.lineCount - 1);
  const position = new vscode.Position(line, Math.max(0, source.column - 1));
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
    selection: new vscode.Range(position, position),
  });
  editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
