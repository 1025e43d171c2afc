import * as vscode from "vscode";
import { commandIds } from "../ids";
import { settings } from "../settings";
import type { InlineVariance } from "./inlineVariance";

/** The inline text above the line instead of behind it, for those who turn it on. */
export class VarianceCodeLens implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscription: { dispose(): void };
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(private readonly inline: InlineVariance) {
    let shown = false;
    this.subscription = inline.onDidChange(() => {
      const enabled = settings.codeLensEnabled();
      if (enabled || shown) this.changed.fire();
      shown = enabled;
    });
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!settings.codeLensEnabled()) return [];
    return this.inline.placed(document).map(({ line, annotation }) => {
      const parameter = annotation.parameters[0]?.name;
      const command: vscode.Command = parameter
        ? { title: annotation.text, command: commandIds.showParameter, arguments: [parameter] }
        : { title: annotation.text, command: commandIds.changeEstimator };
      return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command);
    });
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}
