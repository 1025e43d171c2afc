import { basename } from "node:path";
import * as vscode from "vscode";
import { GradlensError } from "../../core/errors";
import { readRun, type RunRecord } from "../run/runFolder";
import { isActive } from "../run/session";
import { pickRun } from "./pickRun";
import { begin, requireTrust, type TrainServices } from "./train";

/** Goes on with a run from its last checkpoint: the one given, else one that is asked for. */
export async function resumeRun(services: TrainServices, folder?: string): Promise<void> {
  requireTrust();
  if (isActive(services.session.snapshot)) {
    throw new GradlensError(
      "GL8022",
      `${services.session.snapshot.model} is being trained; stop it before you resume another run`,
    );
  }
  const run = folder === undefined ? await ask(services) : await readRun(folder);
  if (run === undefined) return;
  if (!run?.file) {
    const name = basename(run?.folder ?? String(folder));
    throw new GradlensError("GL8023", `${name} holds no run.json that names a model file; choose a run folder`);
  }
  const { file, exportName } = run;
  await begin(services, { file, resume: run.folder, ...(exportName === null ? {} : { exportName }) });
}

const ask = ({ session }: TrainServices): Promise<RunRecord | undefined> =>
  pickRun(session, {
    title: vscode.l10n.t("Resume a Run"),
    placeHolder: vscode.l10n.t("Run to go on with from its last checkpoint"),
    fits: ({ file }) => file !== null,
  });
