import * as vscode from "vscode";
import { GradlensError } from "../../core/errors";
import type { EngineClient } from "../engineClient";
import { isActive, type Session } from "../run/session";
import { estimatorChoice, servingEstimators } from "./estimatorChoices";
import { lastFirst } from "./pickOrder";
import { pickStep } from "./pickStep";

/** Changes the estimator of the run that is going on; training does not stop for it. */
export async function changeEstimator(client: EngineClient, session: Session): Promise<void> {
  const run = session.snapshot;
  if (!isActive(run)) throw new GradlensError("GL8010", "no training run is active; start one with Run Training");
  const registries = await client.request("registries", {});
  const choices = servingEstimators(registries, run.graph).map(estimatorChoice);
  const outcome = await pickStep({
    title: vscode.l10n.t("Change Estimator"),
    placeholder: vscode.l10n.t("Estimator of {0} from the next step on", run.model),
    step: 1,
    totalSteps: 1,
    choices: lastFirst(choices, run.estimator, vscode.l10n.t("in use")),
  });
  if (outcome.kind === "chosen" && outcome.value !== session.snapshot?.estimator)
    await session.setEstimator(outcome.value);
}
