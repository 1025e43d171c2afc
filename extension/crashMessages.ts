import * as vscode from "vscode";
import type { EngineClient } from "./engineClient";
import { commandIds } from "./ids";
import { offer, showLogAction, type Action } from "./messages";
import type { LostRun, Session } from "./run/session";

/** Tells of a crash of the engine: one message, with the one thing that helps most. */
export class CrashMessages implements vscode.Disposable {
  private readonly subscriptions: readonly { dispose(): void }[];

  constructor(client: EngineClient, session: Session) {
    let lost: LostRun | undefined;
    this.subscriptions = [
      session.onDidLose((run) => (lost = run)),
      // The session hears of the crash first, since it was made first.
      client.onCrash(({ cause, restarted }) => {
        const run = lost;
        lost = undefined;
        if (!restarted)
          void offer("error", client.message ?? vscode.l10n.t("The engine ended with {0}.", cause), showLogAction());
        else if (run) void offer("error", runMessage(run), resumeAction(run));
        else
          void offer("warn", vscode.l10n.t("The engine ended with {0} and was started again.", cause), showLogAction());
      }),
      session.onDidFail(({ message, model }) => {
        void offer("error", message ?? vscode.l10n.t("Training of {0} failed.", model), showLogAction());
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

function runMessage({ snapshot, crash }: LostRun): string {
  const { model, step } = snapshot;
  return vscode.l10n.t(
    "The engine ended with {0} while it trained {1} (step {2}) and was started again.",
    crash.cause,
    model,
    step,
  );
}

function resumeAction({ snapshot }: LostRun): Action {
  const folder = snapshot.runFolder;
  if (folder === null)
    return {
      title: vscode.l10n.t("Run Again"),
      run: () => vscode.commands.executeCommand(commandIds.train, vscode.Uri.file(snapshot.file)),
    };
  return {
    title: vscode.l10n.t("Resume from Last Checkpoint"),
    run: () => vscode.commands.executeCommand(commandIds.resumeRun, folder),
  };
}
