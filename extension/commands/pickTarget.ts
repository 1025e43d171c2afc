import { basename } from "node:path";
import * as vscode from "vscode";
import type { CheckTarget } from "../../core/protocol/engine";
import { runWord } from "../statusBar";
import { settings } from "../settings";
import { pickModel } from "./pickModel";
import { pickModelFile } from "./pickModelFile";
import { pickStep } from "./pickStep";
import { activeModelFile, requireTrust, type TrainServices } from "./train";

/** Asks what to look at: the run of this window where there is one, or a model file as it begins. */
export async function pickTarget({ client, session }: TrainServices, title: string): Promise<CheckTarget | undefined> {
  requireTrust();
  const run = client.state === "ready" ? session.snapshot : null;
  const active = activeModelFile();
  if (run && run.optimizer !== "") {
    const detail = vscode.l10n.t("{0}, {1}, step {2}", run.estimator, runWord(run.state), run.step);
    const outcome = await pickStep<"run" | "file">({
      title,
      placeholder: vscode.l10n.t("Parameters to look at"),
      step: 1,
      totalSteps: 1,
      choices: [
        { label: vscode.l10n.t("Current run"), description: run.model, detail, value: "run" },
        {
          label: vscode.l10n.t("Model file"),
          description: active ? basename(active.fsPath) : vscode.l10n.t("choose one"),
          detail: vscode.l10n.t("The parameters that training would begin with"),
          value: "file",
        },
      ],
    });
    if (outcome.kind !== "chosen") return undefined;
    if (outcome.value === "run") return { kind: "run", runId: run.runId };
  }
  const uri = active ?? (await pickModelFile(title));
  if (!uri) return undefined;
  const picked = await pickModel(client, uri, title);
  return picked && { kind: "file", ...picked, backend: settings.backend() };
}
