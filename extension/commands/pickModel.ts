import { basename } from "node:path";
import type * as vscode from "vscode";
import { l10n } from "vscode";
import { GradlensError } from "../../core/errors";
import type { EngineClient } from "../engineClient";
import { settings } from "../settings";
import { pickStep } from "./pickStep";
import { saveIfOpen } from "./saveIfOpen";

/** A model of a file, and where its data are looked for. */
export interface PickedModel {
  readonly file: string;
  readonly exportName: string;
  readonly dataFolder?: string;
}

/** The model of a file, asked for where there are several; what is being edited is saved first. */
export async function pickModel(
  client: EngineClient,
  uri: vscode.Uri,
  title: string,
): Promise<PickedModel | undefined> {
  await saveIfOpen(uri);
  const file = uri.fsPath;
  const dataFolder = settings.dataFolder();
  const where = { file, ...(dataFolder === undefined ? {} : { dataFolder }) };
  const { models } = await client.request("describe", where);
  const [first, ...others] = models;
  if (!first) throw new GradlensError("GL8020", `${basename(file)} exports no model; export defineModel(…) from it`);
  if (others.length === 0) return { ...where, exportName: first.exportName };
  const outcome = await pickStep({
    title,
    placeholder: l10n.t("Model"),
    step: 1,
    totalSteps: 1,
    choices: models.map(({ exportName, name, estimator }) => ({
      label: name,
      description: exportName,
      detail: estimator,
      value: exportName,
    })),
  });
  return outcome.kind === "chosen" ? { ...where, exportName: outcome.value } : undefined;
}
