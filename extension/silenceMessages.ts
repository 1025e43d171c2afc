import * as vscode from "vscode";
import { GradlensError } from "../core/errors";
import type { EngineClient } from "./engineClient";
import type { EngineSilence, EngineWatch } from "./engineWatch";
import { commandIds } from "./ids";
import { offer, showError } from "./messages";
import { isActive, type Session } from "./run/session";

/** Code of a lint that was ended because the model's text did not come to an end. */
export const endlessTextCode = "GL8005";

/**
 * Says that the engine does not answer, and offers to restart it. Where it does nothing but look at files that are shown, which nobody
 * asked for, it is restarted without asking.
 */
export class SilenceMessages implements vscode.Disposable {
  private readonly subscription: { dispose(): void };

  constructor(
    private readonly client: EngineClient,
    private readonly session: Session,
    watch: EngineWatch,
  ) {
    this.subscription = watch.onSilence((silence) => void this.tell(silence));
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private async tell({ seconds, owes }: EngineSilence): Promise<void> {
    const run = this.session.snapshot;
    if (!isActive(run) && owes.length > 0 && owes.every((method) => method === "lint")) {
      const message = `the model's text did not come to an end within ${seconds} s; look for a loop without an end, then save the file`;
      return this.client.restart(new GradlensError(endlessTextCode, message)).catch(showError);
    }
    const message = isActive(run)
      ? vscode.l10n.t(
          "The engine has not answered for {0} s while it trains {1} (step {2}): a very long step, or a loop without an end in the model's text. Restarting it leaves the run at its last checkpoint.",
          seconds,
          run.model,
          run.step,
        )
      : vscode.l10n.t(
          "The engine has not answered for {0} s: a very long computation, or a loop without an end in the model's text.",
          seconds,
        );
    await offer("warn", message, {
      title: vscode.l10n.t("Restart Engine"),
      run: () => vscode.commands.executeCommand(commandIds.restartEngine),
    });
  }
}
