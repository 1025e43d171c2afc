import * as vscode from "vscode";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { SourceLocation } from "../../core/protocol/source";
import type { ParameterVariance } from "../../core/protocol/variance";
import { formatInterval, formatNumber, formatShare } from "../format";
import { colorIds, commandIds, viewIds } from "../ids";
import { isNoisy } from "../inline/annotations";
import type { Session } from "../run/session";
import { Throttle } from "../throttle";

interface Row {
  readonly name: string;
  readonly variance: ParameterVariance | null;
  readonly source: SourceLocation | undefined;
  readonly isNoisy: boolean;
}

/** How long the order of the rows holds while their numbers change. */
const REORDER_INTERVAL_MS = 5000;

/** Parameters of the run, the noisiest first, at most twice a second and only while the view is shown. */
export class ParametersView implements vscode.TreeDataProvider<string>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<string[] | undefined>();
  private readonly throttle = new Throttle(500, () => this.refresh());
  private readonly view: vscode.TreeView<string>;
  private readonly subscriptions: readonly { dispose(): void }[];
  private rows = new Map<string, Row>();
  private order: { readonly names: readonly string[]; readonly time: number } = { names: [], time: 0 };

  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly session: Session) {
    this.view = vscode.window.createTreeView(viewIds.parameters, { treeDataProvider: this });
    this.subscriptions = [
      session.onDidReplace(() => this.throttle.call()),
      session.onDidDelta((delta) => {
        if (delta.variance || delta.fields.graph || delta.fields.state) this.throttle.call();
      }),
      this.view.onDidChangeVisibility(({ visible }) => {
        if (visible) this.throttle.call();
      }),
    ];
  }

  getChildren(parent?: string): string[] {
    if (parent !== undefined) return [];
    this.read();
    return [...this.order.names];
  }

  /** Where the selected parameter is declared. */
  get selectedSource(): SourceLocation | undefined {
    const [name] = this.view.selection;
    return name === undefined ? undefined : this.rows.get(name)?.source;
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(name: string): vscode.TreeItem {
    const row = this.rows.get(name);
    const item = new vscode.TreeItem(name);
    item.id = name;
    item.contextValue = "parameter";
    item.description = row?.variance ? describe(row.variance) : vscode.l10n.t("not measured yet");
    item.iconPath = new vscode.ThemeIcon("symbol-variable", iconColor(row));
    item.tooltip = row?.variance ? tooltip(row.variance) : undefined;
    item.accessibilityInformation = { label: `${name}: ${item.description}` };
    if (row?.source)
      item.command = {
        title: vscode.l10n.t("Go to Source"),
        // Of the selected row. Arguments would belong to this very item: an item that is clicked has often been renewed by then, and its
        // command would do nothing.
        command: commandIds.revealSource,
      };
    return item;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.throttle.dispose();
    this.view.dispose();
    this.changed.dispose();
  }

  /** Renews the rows one by one while their order holds: a click is lost on a tree that is renewed as a whole. */
  private refresh(): void {
    const run = this.session.snapshot;
    this.view.description = run ? run.model : "";
    if (!this.view.visible) return;
    const before = this.order;
    this.read();
    this.changed.fire(this.order === before ? [...before.names] : undefined);
  }

  /** Takes in the run's rows, and their order when it has held for a while: rows that change places under the mouse cannot be clicked. */
  private read(): void {
    const rows = parameterRows(this.session.snapshot);
    this.rows = new Map(rows.map((row) => [row.name, row]));
    const names = rows.map((row) => row.name);
    const known = this.order.names.length === names.length && this.order.names.every((name) => this.rows.has(name));
    if (known && Date.now() - this.order.time <= REORDER_INTERVAL_MS) return;
    this.order = { names, time: Date.now() };
  }
}

/** Parameters of a snapshot, sorted by Monte Carlo variance, unknown ones last and by name. */
export function parameterRows(snapshot: RunSnapshot | null): readonly Row[] {
  if (!snapshot) return [];
  const measured = new Map(snapshot.variance.at(-1)?.parameters.map((parameter) => [parameter.name, parameter]));
  return snapshot.graph.nodes
    .filter(({ kind }) => kind === "parameter")
    .map(({ name, source }) => ({
      name,
      source,
      variance: measured.get(name) ?? null,
      isNoisy: isNoisy(snapshot, name),
    }))
    .sort((a, b) => (b.variance?.monteCarlo ?? -1) - (a.variance?.monteCarlo ?? -1) || a.name.localeCompare(b.name));
}

function describe({ monteCarlo, snr }: ParameterVariance): string {
  if (monteCarlo === null) return vscode.l10n.t("unknown: too few draws");
  return `${formatNumber(monteCarlo)} · SNR ${snr === null ? vscode.l10n.t("unknown") : formatNumber(snr)}`;
}

function tooltip(variance: ParameterVariance): string {
  const { monteCarlo, data, total, interval, level, degreesOfFreedom } = variance;
  const value = (number: number | null): string => (number === null ? vscode.l10n.t("unknown") : formatNumber(number));
  return [
    `${vscode.l10n.t("Monte Carlo")}: ${monteCarlo === null ? value(null) : formatInterval(monteCarlo, interval)} (${formatShare(level)})`,
    `${vscode.l10n.t("Data")}: ${value(data)}`,
    `${vscode.l10n.t("Total")}: ${value(total)}`,
    `${vscode.l10n.t("Degrees of freedom")}: ${degreesOfFreedom}`,
  ].join("\n");
}

function iconColor(row: Row | undefined): vscode.ThemeColor {
  if (!row?.variance || row.variance.monteCarlo === null) return new vscode.ThemeColor(colorIds.unknown);
  return new vscode.ThemeColor(row.isNoisy ? colorIds.lowSnr : colorIds.foreground);
}
