import * as vscode from "vscode";
import type { EngineClient } from "../engineClient";
import { type LintDiagnostic, problemSource } from "./problems";

/** Quick fixes of lints: edits of the model file, worked out by the engine for the text that the lint was found in. */
export class LintFixes implements vscode.CodeActionProvider {
  static readonly metadata = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };

  constructor(private readonly client: EngineClient) {}

  async provideCodeActions(
    document: vscode.TextDocument,
    _: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[]> {
    const text = document.getText();
    const fixable = diagnostics.flatMap((diagnostic: LintDiagnostic) => {
      const { finding, foundIn, source } = diagnostic;
      // A text that has changed since may have another node at that line.
      return source === problemSource && finding && foundIn === text ? [{ diagnostic, finding }] : [];
    });
    if (fixable.length === 0 || this.client.state !== "ready") return [];
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    const file = document.uri.fsPath;
    const found = await Promise.all(
      fixable.map(async ({ diagnostic, finding }) => {
        const { fixes } = await this.client.request(
          "lintFixes",
          { file, text, finding },
          { signal: controller.signal },
        );
        return fixes.map(({ title, edits, preferred }) => {
          const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
          action.diagnostics = [diagnostic];
          action.isPreferred = preferred;
          action.edit = new vscode.WorkspaceEdit();
          for (const { start, end, text: inserted } of edits) {
            const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
            action.edit.replace(document.uri, range, inserted);
          }
          return action;
        });
      }),
    );
    return found.flat();
  }
}
