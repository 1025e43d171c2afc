import { basename, dirname, extname } from "node:path";
import * as vscode from "vscode";
import { GradlensError } from "../../core/errors";
import { reportFormats } from "../../core/protocol/report";
import type { EngineClient } from "../engineClient";
import { offer } from "../messages";
import { readRun, type RunRecord } from "../run/runFolder";
import type { Session } from "../run/session";
import { pickRun } from "./pickRun";

export interface ReportServices {
  readonly client: EngineClient;
  readonly session: Session;
}

const titles = { html: "HTML", json: "JSON", csv: "CSV", svg: "SVG" } as const;

/** Asks where to save the diagnosis of a run, and as what: of the one given, else of the window's, else of one that is asked for. */
export async function exportReport({ client, session }: ReportServices, folder?: string): Promise<void> {
  const wanted = folder ?? session.snapshot?.runFolder;
  const run = (wanted ? await readRun(wanted) : null) ?? (await ask(session));
  if (!run) return;
  const file = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("Export Report of {0}", run.model),
    filters: Object.fromEntries(reportFormats.map((format) => [titles[format], [format]])),
    defaultUri: vscode.Uri.file(`${dirname(run.folder)}/${basename(run.folder)}.html`),
  });
  if (!file) return;
  const ending = extname(file.path).slice(1).toLowerCase();
  const format = reportFormats.find((known) => known === ending);
  if (!format)
    throw new GradlensError(
      "GL8040",
      `a report ends in ${reportFormats.map((known) => `.${known}`).join(", ")}, found "${basename(file.path)}"; choose one of these endings`,
    );
  const { text } = await client.request("report", { runFolder: run.folder, format });
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  // In a browser's window there is no program that opens a file of this machine.
  const browse = format === "html" && vscode.env.uiKind === vscode.UIKind.Desktop && !vscode.env.remoteName;
  void offer("info", vscode.l10n.t("Saved {0}.", vscode.workspace.asRelativePath(file)), {
    title: browse ? vscode.l10n.t("Open in Browser") : vscode.l10n.t("Open File"),
    run: () => (browse ? vscode.env.openExternal(file) : vscode.commands.executeCommand("vscode.open", file)),
  });
}

const ask = (session: Session): Promise<RunRecord | undefined> =>
  pickRun(session, {
    title: vscode.l10n.t("Export Report"),
    placeHolder: vscode.l10n.t("Run whose diagnosis to export"),
    fits: () => true,
  });
