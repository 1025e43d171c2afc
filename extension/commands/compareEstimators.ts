import * as vscode from "vscode";
import type { ComparisonRecord } from "../../core/protocol/comparison";
import { estimatorChoice } from "./estimatorChoices";
import { pickTarget } from "./pickTarget";
import type { TrainServices } from "./train";
import { withProgress } from "./withProgress";

/** Compare Estimators: those chosen, side by side at the same parameters and under the same noise. */
export async function compareEstimators(services: TrainServices): Promise<ComparisonRecord | undefined> {
  const title = vscode.l10n.t("Compare Estimators");
  const target = await pickTarget(services, title);
  if (!target) return undefined;
  const { estimators, driving } = await services.client.request("serving", { target });
  const picked = await pickSeveral(
    title,
    estimators.map((entry) => estimatorChoice(entry)),
    driving,
  );
  if (!picked || picked.length === 0) return undefined;
  const record = await withProgress(title, (signal, onProgress) =>
    services.session.compare({ target, estimators: picked }, { signal, onProgress }),
  );
  if (!record) return undefined;
  services.showPanels("compare");
  // The panel lists what was left out; a message only where nothing else is left to show.
  if (record.estimators.length === 0) void vscode.window.showWarningMessage(record.skipped.join("; "));
  return record;
}

/** All are chosen at first where they are few; else the driving one and its simplest rivals. */
const fewEnough = 12;

async function pickSeveral(
  title: string,
  choices: readonly ReturnType<typeof estimatorChoice>[],
  driving: string,
): Promise<readonly string[] | undefined> {
  const rivals = [driving, "lr", "lr-c", "muprop-c", "pathwise", "straight-through"];
  const items = choices.map((choice) => ({
    ...choice,
    description:
      choice.value === driving ? `${choice.description} · ${vscode.l10n.t("in use")}` : (choice.description ?? ""),
    picked: choices.length <= fewEnough || rivals.includes(choice.value),
  }));
  const placeHolder = vscode.l10n.t("Estimators to compare");
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder,
    canPickMany: true,
    matchOnDescription: true,
  });
  return picked?.map(({ value }) => value);
}
