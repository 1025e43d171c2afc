import * as vscode from "vscode";
import { GradlensError } from "../core/errors";
import { commandIds } from "./ids";
import { revealSource } from "./revealSource";

/** One button of a message. */
export interface Action {
  readonly title: string;
  run(): unknown;
}

export const showLogAction = (): Action => ({
  title: vscode.l10n.t("Show Log"),
  run: () => vscode.commands.executeCommand(commandIds.showLog),
});

/** Shows an error as one sentence with one action: the source line where there is one, else the log. */
export async function showError(error: unknown, action?: Action): Promise<void> {
  if (isCancellation(error)) return;
  const source = error instanceof GradlensError ? error.source : undefined;
  const goToLine: Action | undefined = source && {
    title: vscode.l10n.t("Go to Line"),
    run: () => revealSource(source),
  };
  await offer("error", sentence(error), action ?? goToLine ?? showLogAction());
}

/** Shows a message with one action and runs it when it is chosen. */
export async function offer(kind: "info" | "warn" | "error", message: string, action: Action): Promise<void> {
  const { showInformationMessage, showWarningMessage, showErrorMessage } = vscode.window;
  const show = { info: showInformationMessage, warn: showWarningMessage, error: showErrorMessage }[kind];
  const chosen = await show(message, { title: action.title });
  if (chosen?.title === action.title) await action.run();
}

export const isCancellation = (error: unknown): boolean =>
  error instanceof vscode.CancellationError ||
  (error instanceof Error &&
    (error.name === "AbortError" || (error instanceof GradlensError && error.code === cancelledCode)));

/** Code with which the engine answers a request that was cancelled. */
export const cancelledCode = "GL1703";

/** An error as a sentence: capital first letter, full stop, and the code that names it. */
export function sentence(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  const whole = `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? "" : "."}`;
  return error instanceof GradlensError ? `${whole} (${error.code})` : whole;
}
