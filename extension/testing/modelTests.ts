import * as vscode from "vscode";
import type { ModelDescription } from "../../core/protocol/engine";
import type { EngineClient } from "../engineClient";
import { sentence } from "../messages";
import { settings } from "../settings";
import type { ListedTest, TestedModel } from "./listedTest";
import { testLabel } from "./testLabel";

/** Rate of wrong verdicts of a test that no checks file speaks of. */
const RATE = 0.05;

/** A test per model of a file, "its estimator is unbiased", each with the model's other estimators to be asked for. */
export async function modelTests(client: EngineClient, uri: vscode.Uri): Promise<ListedTest[]> {
  const dataFolder = settings.dataFolder();
  const where = { file: uri.fsPath, ...(dataFolder ? { dataFolder } : {}) };
  const { models } = await client.request("describe", where);
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)).split("\n");
  return models.flatMap((description, index): ListedTest[] => {
    const { exportName, name, estimator, problem } = description;
    const model: TestedModel = { model: name, exportName, ...where };
    const line = lineOf(text, description);
    const own: ListedTest = {
      id: `${uri}#${exportName}`,
      label: `${name}: ${testLabel(estimator, "unbiased")}`,
      order: `${index}`,
      range: new vscode.Range(line, 0, line, text[line]?.length ?? 0),
      entry: { test: { ...model, expect: "unbiased", rate: RATE } },
    };
    if (problem !== undefined) return [{ ...own, error: sentence(new Error(problem)) }];
    const label = vscode.l10n.t("{0}: other estimators", name);
    return [own, { id: `${own.id}:others`, label, order: `${index} others`, entry: { othersOf: model } }];
  });
}

/** A test per estimator that serves a model, but its own. They have no line, so that the one of their model runs its own alone. */
export async function otherEstimatorTests(client: EngineClient, id: string, model: TestedModel): Promise<ListedTest[]> {
  const { model: _, ...where } = model;
  const target = { kind: "file", ...where, backend: settings.backend() } as const;
  const { estimators, driving } = await client.request("serving", { target });
  return estimators
    .filter((estimator) => estimator.id !== driving)
    .map(({ id: estimator }) => ({
      id: `${id}=${estimator}`,
      label: testLabel(estimator, "unbiased"),
      entry: { test: { ...model, estimator, expect: "unbiased", rate: RATE } },
    }));
}

/** The line that names a model, else that of its first parameter, counted from 0. */
function lineOf(text: readonly string[], { name, parameters }: ModelDescription): number {
  const named = text.findIndex((line) => line.includes(JSON.stringify(name)) || line.includes(`'${name}'`));
  return named >= 0 ? named : Math.max(0, (parameters[0]?.source?.line ?? 1) - 1);
}
