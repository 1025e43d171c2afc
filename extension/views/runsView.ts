import { basename, resolve } from "node:path";
import * as vscode from "vscode";
import type { RunSnapshot, RunState } from "../../core/protocol/snapshot";
import { formatNumber } from "../format";
import { viewIds } from "../ids";
import { listRuns, type RunRecord } from "../run/runFolder";
import { isActive, type Session } from "../run/session";
import { settings } from "../settings";
import { runWord } from "../statusBar";
import { Throttle } from "../throttle";

const icons: Readonly<Record<RunState, string>> = {
  starting: "loading~spin",
  running: "pulse",
  paused: "debug-pause",
  finished: "check",
  stopped: "stop-circle",
  failed: "error",
};

/** The current run and the run folders of the workspace, newest first. */
export class RunsView implements vscode.TreeDataProvider<RunRecord>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly throttle = new Throttle(1000, () => this.refresh());
  private readonly view: vscode.TreeView<RunRecord>;
  private readonly subscriptions: readonly { dispose(): void }[];

  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly session: Session) {
    this.view = vscode.window.createTreeView(viewIds.runs, { treeDataProvider: this });
    this.subscriptions = [
      session.onDidReplace(() => this.throttle.call()),
      session.onDidDelta((delta) => {
        if (delta.loss || delta.fields.state) this.throttle.call();
      }),
      this.view.onDidChangeVisibility(({ visible }) => {
        if (visible) this.throttle.call();
      }),
    ];
  }

  async getChildren(parent?: RunRecord): Promise<RunRecord[]> {
    if (parent) return [];
    return [...(await knownRuns(this.session.snapshot))];
  }

  getTreeItem(run: RunRecord): vscode.TreeItem {
    const active = isCurrent(run, this.session.snapshot) && isActive(this.session.snapshot);
    // The log of a run whose engine was killed still says "running".
    const state = run.state === "running" && !active ? "stopped" : run.state;
    const item = new vscode.TreeItem(run.model);
    item.id = run.folder;
    item.description = [
      state === null ? null : runWord(state),
      run.step === null ? null : vscode.l10n.t("step {0}", run.step),
      run.lastLoss === null ? null : vscode.l10n.t("loss {0}", formatNumber(run.lastLoss)),
      active ? null : new Date(run.startedMs).toLocaleString(),
    ]
      .filter((part) => part !== null)
      .join(" · ");
    item.iconPath = new vscode.ThemeIcon(state === null ? "history" : icons[state]);
    item.contextValue = active ? "run.active" : run.file === null ? "run" : "run.resumable";
    item.tooltip = [basename(run.folder), run.estimator, item.description].filter((line) => line !== null).join("\n");
    item.accessibilityInformation = { label: `${run.model}: ${item.description}` };
    return item;
  }

  refresh(): void {
    if (this.view.visible) this.changed.fire();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.throttle.dispose();
    this.view.dispose();
    this.changed.dispose();
  }
}

const isCurrent = (run: RunRecord, snapshot: RunSnapshot | null): boolean =>
  snapshot?.runFolder !== null &&
  snapshot?.runFolder !== undefined &&
  resolve(run.folder) === resolve(snapshot.runFolder);

/** Runs of the workspace, newest first; the window's own run with what the window knows of it. */
export async function knownRuns(snapshot: RunSnapshot | null): Promise<readonly RunRecord[]> {
  const folder = settings.runsFolder(snapshot?.file);
  const runs = folder === undefined ? [] : await listRuns(folder);
  if (!snapshot?.runFolder) return runs;
  const current: RunRecord = {
    folder: snapshot.runFolder,
    runId: snapshot.runId,
    model: snapshot.model,
    file: snapshot.file,
    exportName: snapshot.exportName,
    estimator: snapshot.estimator,
    state: snapshot.state,
    step: snapshot.step,
    lastLoss: snapshot.loss.at(-1)?.[1] ?? null,
    startedMs: runs.find((run) => isCurrent(run, snapshot))?.startedMs ?? Date.now(),
  };
  return [current, ...runs.filter((run) => !isCurrent(run, snapshot))];
}
