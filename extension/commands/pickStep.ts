import * as vscode from "vscode";
import type { Choice } from "./pickOrder";

export interface PickStep<T> {
  readonly title: string;
  readonly placeholder: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly choices: readonly Choice<T>[];
}

/** What a step ended with: a choice, the way back, or nothing. */
export type PickOutcome<T> =
  { readonly kind: "chosen"; readonly value: T } | { readonly kind: "back" } | { readonly kind: "dismissed" };

/** One quick pick of a row of several, with a way back from the second on. */
export function pickStep<T>({ title, placeholder, step, totalSteps, choices }: PickStep<T>): Promise<PickOutcome<T>> {
  return new Promise((resolve) => {
    const pick = vscode.window.createQuickPick<Choice<T> & vscode.QuickPickItem>();
    const settle = (outcome: PickOutcome<T>): void => {
      resolve(outcome);
      // Later than a step that follows at once has taken its place: in between the editor would have the focus, and what is typed.
      setImmediate(() => pick.dispose());
    };
    pick.title = title;
    pick.placeholder = placeholder;
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    if (totalSteps > 1) {
      pick.step = step;
      pick.totalSteps = totalSteps;
    }
    pick.buttons = step > 1 ? [vscode.QuickInputButtons.Back] : [];
    pick.items = [...choices];
    pick.onDidTriggerButton(() => settle({ kind: "back" }));
    pick.onDidAccept(() => {
      const item = pick.selectedItems[0];
      if (item) settle({ kind: "chosen", value: item.value });
    });
    pick.onDidHide(() => settle({ kind: "dismissed" }));
    pick.show();
  });
}
