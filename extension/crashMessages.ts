import * as vscode from "vscode";
import type { EngineClient } from "./engineClient";
import type { TrainRequest } from "../core/protocol/engine";
import type { RunSnapshot } from "../core/protocol/snapshot";
import { engineExit } from "../core/protocol/engineExit";
import { formatBytes } from "./format";
import { commandIds } from "./ids";
import { offer, showLogAction, type Action } from "./messages";
import { Recovery } from "./run/recovery";
import type { LostRun, Session } from "./run/session";
import { settings } from "./settings";

/** Starts a run, or goes on with one; undefined when it was cancelled. */
type Begin = (request: TrainRequest) => Promise<RunSnapshot | undefined>;

/**
 * After a crash of the engine: goes on with the run by itself where that is safe, and tells of it in one message with the one thing
 * that helps most.
 */
export class CrashMessages implements vscode.Disposable {
  private readonly subscriptions: readonly { dispose(): void }[];

  private readonly recovery = new Recovery();

  constructor(
    client: EngineClient,
    session: Session,
    private readonly begin: Begin,
  ) {
    let lost: LostRun | undefined;
    this.subscriptions = [
      session.onDidLose((run) => (lost = run)),
      // The session hears of the crash first, since it was made first.
      client.onCrash(({ cause, restarted }) => {
        const run = lost;
        lost = undefined;
        if (!restarted)
          void offer("error", client.message ?? vscode.l10n.t("The engine ended with {0}.", cause), showLogAction());
        else if (run) void this.recover(run);
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

  private async recover(lost: LostRun): Promise<void> {
    const request = this.recovery.plan(lost);
    const resumed = request && (await this.begin(request).catch(() => undefined));
    if (!resumed) return offer("error", runMessage(lost), resumeAction(lost));
    return lost.crash.status === engineExit.memoryLimit
      ? offer("info", memoryMessage(resumed), openMemorySetting())
      : offer("warn", recoveredMessage(lost, resumed), showLogAction());
  }
}

function memoryMessage({ model, step }: RunSnapshot): string {
  return vscode.l10n.t(
    "The engine used more than {0} and was started anew; training of {1} went on at step {2}, nothing was lost.",
    formatBytes(settings.memoryLimitBytes()),
    model,
    step,
  );
}

function openMemorySetting(): Action {
  return {
    title: vscode.l10n.t("Change Limit"),
    run: () => vscode.commands.executeCommand("workbench.action.openSettings", "gradlens.engine.memoryLimit"),
  };
}

function recoveredMessage({ snapshot, crash }: LostRun, resumed: RunSnapshot): string {
  return vscode.l10n.t(
    "The engine ended with {0} while it trained {1} on {2} (step {3}); training goes on from step {4} on {5}.",
    crash.cause,
    snapshot.model,
    snapshot.backend,
    snapshot.step,
    resumed.step,
    resumed.backend,
  );
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
