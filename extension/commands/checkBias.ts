import * as vscode from "vscode";
import type { BiasRecord } from "../../core/protocol/bias";
import { commandIds } from "../ids";
import { offer } from "../messages";
import { pickTarget } from "./pickTarget";
import type { TrainServices } from "./train";
import { biasSentence } from "./verdictText";
import { withProgress } from "./withProgress";

/** Check Bias: of the run that goes on, at its parameters of now, or of a model file as it begins. */
export async function checkBias(services: TrainServices): Promise<BiasRecord | undefined> {
  const title = vscode.l10n.t("Check Bias");
  const target = await pickTarget(services, title);
  if (!target) return undefined;
  const record = await withProgress(title, (signal, onProgress) =>
    services.session.checkBias({ target }, { signal, onProgress }),
  );
  if (!record) return undefined;
  services.showPanels("bias");
  const compare = {
    title: vscode.l10n.t("Compare Estimators"),
    run: () => vscode.commands.executeCommand(commandIds.compareEstimators),
  };
  // Not awaited: the check has ended when its verdict is shown.
  void offer(record.verdict === "biased" ? "warn" : "info", biasSentence(record), compare);
  return record;
}
