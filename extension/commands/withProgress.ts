import * as vscode from "vscode";
import { isCancellation } from "../messages";

/** How far a long request is: a share of 0 to 1, and what it is at. */
export type ReportProgress = (share: number, text: string) => void;

/** Work with a notification that says how far it is and can cancel it. Cancelled work gives undefined. */
export async function withProgress<T>(
  title: string,
  task: (signal: AbortSignal, report: ReportProgress) => Promise<T>,
): Promise<T | undefined> {
  const controller = new AbortController();
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    token.onCancellationRequested(() => controller.abort());
    let shown = 0;
    try {
      return await task(controller.signal, (share, text) => {
        const percent = Math.max(shown, Math.floor(share * 100));
        const message = [text, vscode.l10n.t("{0} %", percent)].filter(Boolean).join(" · ");
        progress.report({ increment: percent - shown, message });
        shown = percent;
      });
    } catch (error) {
      if (controller.signal.aborted || isCancellation(error)) return undefined;
      throw error;
    }
  });
}
