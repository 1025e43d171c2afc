import { readFileSync } from "node:fs";
import * as vscode from "vscode";

let lines: readonly string[] | undefined;

/** The section of the lints' page that explains one: the page comes with the extension, and opens at the section's line. */
export function lintPage(extensionUri: vscode.Uri, lint: string): vscode.Uri {
  const page = vscode.Uri.joinPath(extensionUri, "docs", "lints.md");
  lines ??= readFileSync(page.fsPath, "utf8").split(/\r?\n/);
  const line = lines.indexOf(`## ${lint}`);
  return line < 0 ? page : page.with({ fragment: `L${line + 1}` });
}
