import * as vscode from "vscode";
import { GradlensError } from "../../core/errors";
import { debugType } from "../ids";
import type { TrainServices } from "./train";
import { estimatorChoice, servingEstimators } from "./estimatorChoices";

/** Asks for an estimator and shows the step that the debugger stands on by both, in the debug console. */
export async function replayStep({ client, session }: TrainServices): Promise<void> {
  const debugSession = vscode.debug.activeDebugSession;
  const run = session.snapshot;
  if (debugSession?.type !== debugType || !run)
    throw new GradlensError("GL8104", "no model is being debugged; press F5 on a model file and stop at a step");
  const registries = await client.request("registries", {});
  const choices = servingEstimators(registries, run.graph).map(estimatorChoice);
  const placeHolder = vscode.l10n.t("Estimator for step {0}, from the same keys", run.step);
  const chosen = await vscode.window.showQuickPick(choices, { placeHolder, matchOnDescription: true });
  if (!chosen) return;
  await debugSession.customRequest("replay", { estimator: chosen.value });
  await vscode.commands.executeCommand("workbench.debug.action.focusRepl");
}
