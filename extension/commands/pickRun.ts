import { basename } from "node:path";
import * as vscode from "vscode";
import { GradlensError } from "../../core/errors";
import { formatNumber } from "../format";
import { readRun, type RunRecord } from "../run/runFolder";
import type { Session } from "../run/session";
import { runWord } from "../statusBar";
import { knownRuns } from "../views/runsView";

export interface RunQuestion {
  readonly title: string;
  readonly placeHolder: string;
  readonly fits: (run: RunRecord) => boolean;
}

/** A run of the workspace or of a folder that is chosen; undefined when nobody chose one. */
export async function pickRun(
  session: Session,
  { title, placeHolder, fits }: RunQuestion,
): Promise<RunRecord | undefined> {
  const runs = await knownRuns(session.snapshot);
  const other = vscode.l10n.t("Choose a folder…");
  const items = runs.filter(fits).map((run) => ({
    label: run.model,
    description: [run.state && runWord(run.state), run.step === null ? "" : vscode.l10n.t("step {0}", run.step)]
      .filter(Boolean)
      .join(" · "),
    detail: [basename(run.folder), run.lastLoss === null ? "" : vscode.l10n.t("loss {0}", formatNumber(run.lastLoss))]
      .filter(Boolean)
      .join(" · "),
    run,
  }));
  const picked = await vscode.window.showQuickPick([...items, { label: other, run: undefined }], {
    title,
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
