import { basename } from "node:path";
import * as vscode from "vscode";
import { GradlensError } from "../../core/errors";
import type { CheckTarget } from "../../core/protocol/engine";
import { runWord } from "../statusBar";
import { settings } from "../settings";
import { pickModelFile } from "./pickModelFile";
import { pickStep } from "./pickStep";
import { activeModelFile, requireTrust, saveIfOpen, type TrainServices } from "./train";

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
  const uri = active ?? (await pickModelFile());
  if (!uri) return undefined;
  await saveIfOpen(uri);
  const file = uri.fsPath;
  const dataFolder = settings.dataFolder();
  const where = { file, ...(dataFolder === undefined ? {} : { dataFolder }) };
  const { models } = await client.request("describe", where);
  const [first, ...others] = models;
  if (!first) throw new GradlensError("GL8020", `${basename(file)} exports no model; export defineModel(…) from it`);
  const target = { kind: "file", ...where, backend: settings.backend() } as const;
  if (others.length === 0) return { ...target, exportName: first.exportName };
  const outcome = await pickStep({
    title,
    placeholder: vscode.l10n.t("Model"),
    step: 1,
    totalSteps: 1,
    choices: models.map(({ exportName, name, estimator }) => ({
      label: name,
      description: exportName,
      detail: estimator,
      value: exportName,
    })),
  });
  return outcome.kind === "chosen" ? { ...target, exportName: outcome.value } : undefined;
}
