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

/** The current run and the run folders of the workspace, newest first, each known by its folder. */
export class RunsView implements vscode.TreeDataProvider<string>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<string | undefined>();
  private readonly throttle = new Throttle(1000, () => this.renewCurrent());
  private readonly view: vscode.TreeView<string>;
  private readonly subscriptions: readonly { dispose(): void }[];
  private runs: ReadonlyMap<string, RunRecord> = new Map();

  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly session: Session) {
    this.view = vscode.window.createTreeView(viewIds.runs, { treeDataProvider: this });
    this.subscriptions = [
      session.onDidReplace(() => this.refresh()),
      session.onDidDelta((delta) => {
        if (delta.fields.state) this.refresh();
        else if (delta.loss) this.throttle.call();
      }),
      this.view.onDidChangeVisibility(() => this.refresh()),
    ];
  }

  async getChildren(parent?: string): Promise<string[]> {
    if (parent !== undefined) return [];
    const runs = await knownRuns(this.session.snapshot);
    this.runs = new Map(runs.map((run) => [run.folder, run]));
    return [...this.runs.keys()];
  }

  getTreeItem(folder: string): vscode.TreeItem {
    const { snapshot } = this.session;
    const listed = this.runs.get(folder);
    const own = ownRun(snapshot, listed);
    const run = own?.folder === folder ? own : listed;
    if (!run) return new vscode.TreeItem(basename(folder));
    const active = run === own && isActive(snapshot);
    // The log of a run whose engine was killed still says "running".
    const state = run.state === "running" && !active ? "stopped" : run.state;
    const item = new vscode.TreeItem(run.model);
    item.id = folder;
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
    item.tooltip = [basename(folder), run.estimator, item.description].filter((line) => line !== null).join("\n");
    item.accessibilityInformation = { label: `${run.model}: ${item.description}` };
    return item;
  }

  refresh(): void {
    if (this.view.visible) this.changed.fire(undefined);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.throttle.dispose();
    this.view.dispose();
    this.changed.dispose();
  }

  /** Its row alone: while a tree is renewed as a whole, what is clicked in it is gone, and here the folders are read anew. */
  private renewCurrent(): void {
    const folder = this.session.snapshot?.runFolder;
    if (this.view.visible && folder && this.runs.has(folder)) this.changed.fire(folder);
  }
}

/** The window's own run, as the window knows it; when it began is in its folder. */
function ownRun(snapshot: RunSnapshot | null, listed: RunRecord | undefined): RunRecord | undefined {
  if (!snapshot?.runFolder) return undefined;
  const { runFolder: folder, runId, model, file, exportName, estimator, state, step } = snapshot;
  const lastLoss = snapshot.loss.at(-1)?.[1] ?? null;
  const startedMs = listed?.startedMs ?? Date.now();
  return { folder, runId, model, file, exportName, estimator, state, step, lastLoss, startedMs };
}

/** Runs of the workspace, newest first; the window's own run with what the window knows of it. */
export async function knownRuns(snapshot: RunSnapshot | null): Promise<readonly RunRecord[]> {
  const folder = settings.runsFolder(snapshot?.file);
  const runs = folder === undefined ? [] : await listRuns(folder);
  const listed = runs.find((run) => snapshot?.runFolder && resolve(run.folder) === resolve(snapshot.runFolder));
  const own = ownRun(snapshot, listed);
  return own ? [own, ...runs.filter((run) => run !== listed)] : runs;
}
