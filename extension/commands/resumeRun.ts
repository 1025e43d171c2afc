import { basename } from "node:path";
import * as vscode from "vscode";
import { GradlensError } from "../../core/errors";
import { formatNumber } from "../format";
import { readRun, type RunRecord } from "../run/runFolder";
import { isActive } from "../run/session";
import { runWord } from "../statusBar";
import { knownRuns } from "../views/runsView";
import { begin, type TrainServices } from "./train";

/** Goes on with a run from its last checkpoint: the one given, else one that is asked for. */
export async function resumeRun(services: TrainServices, target?: RunRecord | string): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    throw new GradlensError(
      "GL8021",
      "training runs the model file's code, which needs a trusted workspace; run Manage Workspace Trust",
    );
  }
  if (isActive(services.session.snapshot)) {
    throw new GradlensError(
      "GL8022",
      `${services.session.snapshot.model} is being trained; stop it before you resume another run`,
    );
  }
  const run = typeof target === "string" ? await readRun(target) : (target ?? (await pickRun(services)));
  if (run === undefined) return;
  if (!run?.file) {
    const folder = basename(run?.folder ?? String(target));
    throw new GradlensError("GL8023", `${folder} holds no run.json that names a model file; choose a run folder`);
  }
  const { file, exportName, folder } = run;
  await begin(services, { file, resume: folder, ...(exportName === null ? {} : { exportName }) });
}

async function pickRun({ session }: TrainServices): Promise<RunRecord | undefined> {
  const runs = await knownRuns(session.snapshot);
  const other = vscode.l10n.t("Choose a folder…");
  const items = runs
    .filter(({ file }) => file !== null)
    .map((run) => ({
      label: run.model,
      description: [run.state && runWord(run.state), run.step === null ? "" : vscode.l10n.t("step {0}", run.step)]
        .filter(Boolean)
        .join(" · "),
      detail: [basename(run.folder), run.lastLoss === null ? "" : vscode.l10n.t("loss {0}", formatNumber(run.lastLoss))]
        .filter(Boolean)
        .join(" · "),
      run,
    }));
  const placeHolder = vscode.l10n.t("Run to go on with from its last checkpoint");
  const picked = await vscode.window.showQuickPick([...items, { label: other, run: undefined }], {
    title: vscode.l10n.t("Resume a Run"),
    placeHolder,
  });
  if (!picked) return undefined;
  if (picked.run) return picked.run;
  const folders = await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, title: other });
  const folder = folders?.[0]?.fsPath;
  if (folder === undefined) return undefined;
  const run = await readRun(folder);
  if (!run)
    throw new GradlensError(
      "GL8023",
      `${basename(folder)} holds no run.json that names a model file; choose a run folder`,
    );
  return run;
}
