import * as vscode from "vscode";
import { commandIds } from "../ids";
import { typesModule } from "./typesPackage";

/** TypeScript's numbers for a module that is not found, and for one without declarations. */
const codes = new Set([2307, 2792, 7016]);

/** Set Up Types as a quick fix where TypeScript does not find "gradlens". */
export class TypesFix implements vscode.CodeActionProvider {
  static readonly metadata = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };

  provideCodeActions(
    { uri }: vscode.TextDocument,
    _: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const missing = diagnostics.filter(
      ({ code, message }) => codes.has(Number(code)) && message.includes(`'${typesModule}'`),
    );
    if (missing.length === 0) return [];
    const title = vscode.l10n.t("Set up types for Gradient Lens model files");
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.command = { title, command: commandIds.setUpTypes, arguments: [uri] };
    action.diagnostics = missing;
    action.isPreferred = true;
    return [action];
  }
}
