import { basename, join } from "node:path";
import * as vscode from "vscode";
import { GradlensError } from "../../core/errors";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { EngineMethods, ModelDescription, Registries, TrainRequest } from "../../core/protocol/engine";
import type { EngineClient } from "../engineClient";
import { isCancellation } from "../messages";
import { isModelDocument } from "../modelFile";
import { isActive, type Session } from "../run/session";
import { settings } from "../settings";
import { datasetChoice, estimatorChoice, servingEstimators } from "./estimatorChoices";
import { lastFirst, type Choice } from "./pickOrder";
import { pickStep, type PickOutcome } from "./pickStep";
import { pickModelFile } from "./pickModelFile";
import { saveIfOpen } from "./saveIfOpen";

export interface TrainServices {
  readonly client: EngineClient;
  readonly session: Session;
  readonly memory: vscode.Memento;
  /** Shows the panels when a run begins, or one of them after a check. */
  readonly showPanels: (panel?: string) => void;
}

/** What a person chose for a model, remembered per file. */
interface LastChoice {
  readonly exportName?: string;
  readonly estimator?: string;
  readonly dataset?: string;
}

/** Run Training: the active model file or one that is asked for, then export, estimator and data set, the last choice first. */
export async function train(services: TrainServices, target?: vscode.Uri): Promise<void> {
  requireTrust();
  const uri = target ?? activeModelFile() ?? (await pickModelFile(vscode.l10n.t("Run Training")));
  if (!uri || !(await mayReplaceRun(services.session))) return;
  const file = uri.fsPath;
  await saveIfOpen(uri);
  const loaded = await starting(vscode.l10n.t("Loading {0}", basename(file)), async (signal) => {
    const { models } = await services.client.request("describe", describeRequest(file), { signal });
    return { models, registries: await services.client.request("registries", {}, { signal }) };
  });
  if (!loaded) return;
  const key = `train:${file}`;
  const last = services.memory.get<LastChoice>(key, {});
  const chosen = await choose(file, loaded.models, loaded.registries, last);
  if (!chosen) return;
  await services.memory.update(key, { ...last, ...chosen });
  await begin(services, { file, ...chosen });
}

function describeRequest(file: string): EngineMethods["describe"]["params"] {
  const dataFolder = settings.dataFolder();
  return dataFolder === undefined ? { file } : { file, dataFolder };
}

/** Starts a run with what the model file says, without a question. */
export async function trainWithDefaults(services: TrainServices, file: string, exportName?: string): Promise<void> {
  requireTrust();
  await begin(services, { file, ...(exportName === undefined ? {} : { exportName }) });
}

/** Starts a run; a progress notification with a cancel button until the engine trains. */
export async function begin(services: TrainServices, choice: TrainRequest): Promise<RunSnapshot | undefined> {
  const request: TrainRequest = { ...settings.trainDefaults(), ...newRunFolder(choice), ...choice };
  const title = vscode.l10n.t("Starting training of {0}", choice.exportName ?? basename(choice.file));
  const snapshot = await starting(title, (signal) => services.session.train(request, signal));
  if (snapshot && snapshot.state !== "stopped" && settings.openPanels()) services.showPanels();
  return snapshot;
}

/** A new folder for the run; a resumed run goes on in its own. */
export function newRunFolder({ file, exportName, resume }: TrainRequest): Pick<TrainRequest, "runFolder"> {
  const parent = settings.runsFolder(file);
  if (resume !== undefined || parent === undefined) return {};
  const name =
    exportName === undefined || exportName === "default" ? basename(file).replace(/\.[cm]?[jt]s$/, "") : exportName;
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  return { runFolder: join(parent, `${name}-${time}`) };
}

/** Work that ends sooner than this shows no notification, which would only flash. */
const patienceMs = 500;

/** Waits for the engine; once that takes a while, with a notification that can cancel it. Cancelled work gives undefined. */
async function starting<T>(title: string, task: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const controller = new AbortController();
  const work = task(controller.signal).catch((error: unknown) => {
    if (controller.signal.aborted || isCancellation(error)) return undefined;
    throw error;
  });
  const patience = new Promise<"late">((resolve) => setTimeout(() => resolve("late"), patienceMs));
  if ((await Promise.race([work, patience])) !== "late") return work;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (_progress, token) => {
    token.onCancellationRequested(() => controller.abort());
    return work;
  });
}

async function choose(
  file: string,
  models: readonly ModelDescription[],
  registries: Registries,
  last: LastChoice,
): Promise<LastChoice | undefined> {
  const only = models[0];
  if (!only) throw new GradlensError("GL8020", `${basename(file)} exports no model; export defineModel(…) from it`);
  const mark = vscode.l10n.t("last choice");
  const title = vscode.l10n.t("Run Training");
  const severalModels = models.length > 1;
  let model = models.find(({ exportName }) => exportName === last.exportName) ?? only;
  let estimator = model.estimator;
  let dataset: string | undefined;

  const askModel = async (step: number, totalSteps: number): Promise<PickOutcome<unknown>> => {
    const choices = models.map(({ exportName, name, parameters, problem }): Choice<string> => {
      return {
        label: name,
        description: exportName,
        detail: problem === undefined ? vscode.l10n.t("{0} parameters", parameters.length) : `$(warning) ${problem}`,
        value: exportName,
      };
    });
    const placeholder = vscode.l10n.t("Model to train");
    const outcome = await pickStep({
      title,
      placeholder,
      step,
      totalSteps,
      choices: lastFirst(choices, last.exportName, mark),
    });
    if (outcome.kind === "chosen") model = models.find(({ exportName }) => exportName === outcome.value) ?? model;
    return outcome;
  };
  const askEstimator = async (step: number, totalSteps: number): Promise<PickOutcome<unknown>> => {
    const own = vscode.l10n.t("the model file's");
    const choices = servingEstimators(registries, model.graph).map(estimatorChoice);
    const ordered = lastFirst(lastFirst(choices, model.estimator, own), last.estimator, mark);
    const outcome = await pickStep({
      title,
      placeholder: vscode.l10n.t("Gradient estimator"),
      step,
      totalSteps,
      choices: ordered,
    });
    if (outcome.kind === "chosen") estimator = outcome.value;
    return outcome;
  };
  const askDataset = async (step: number, totalSteps: number): Promise<PickOutcome<unknown>> => {
    if (model.dataset === null) return { kind: "chosen", value: undefined };
    const own = vscode.l10n.t("the model file's");
    const needsFiles = vscode.l10n.t("needs files");
    const choices = registries.datasets.map((entry) => datasetChoice(entry, needsFiles));
    const ordered = lastFirst(lastFirst(choices, model.dataset, own), last.dataset, mark);
    const outcome = await pickStep({
      title,
      placeholder: vscode.l10n.t("Data set"),
      step,
      totalSteps,
      choices: ordered,
    });
    if (outcome.kind === "chosen") dataset = outcome.value;
    return outcome;
  };

  const steps = [...(severalModels ? [askModel] : []), askEstimator, askDataset];
  for (let index = 0; index < steps.length;) {
    // What is wrong with a model is told, with its line, by trying to train it.
    if (model.problem !== undefined && steps[index] !== askModel) return { exportName: model.exportName };
    const total = steps.length - (model.dataset === null ? 1 : 0);
    const outcome = await steps[index]?.(index + 1, total);
    if (!outcome || outcome.kind === "dismissed") return undefined;
    index += outcome.kind === "back" ? -1 : 1;
  }
  return { exportName: model.exportName, estimator, ...(dataset === undefined ? {} : { dataset }) };
}

export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new GradlensError(
    "GL8021",
    "training runs the model file's code, which needs a trusted workspace; run Manage Workspace Trust",
  );
}

export function activeModelFile(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document && isModelDocument(document) ? document.uri : undefined;
}

/** One run per window: asks before it ends a run that is going on. */
export async function mayReplaceRun(session: Session): Promise<boolean> {
  const run = session.snapshot;
  if (!isActive(run)) return true;
  const stop = vscode.l10n.t("Stop and Run");
  const question = vscode.l10n.t(
    "{0} is being trained (step {1}). Stop it and start another run?",
    run.model,
    run.step,
  );
  if ((await vscode.window.showWarningMessage(question, { modal: true }, stop)) !== stop) return false;
  if (isActive(session.snapshot)) await session.stop();
  return true;
}
