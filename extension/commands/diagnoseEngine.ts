import * as vscode from "vscode";
import type { BackendStatus, EngineStatus } from "../../core/protocol/engine";
import type { EngineClient } from "../engineClient";
import { formatBytes } from "../format";

const scheme = "gradlens-report";

/** Writes the engine's state as a report that can be read, searched and copied into an issue. */
export class EngineReport implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly uri = vscode.Uri.from({ scheme, path: "/Gradient Lens engine.md" });
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  private text = "";

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly client: EngineClient,
    private readonly extensionVersion: string,
  ) {}

  provideTextDocumentContent(): string {
    return this.text;
  }

  /** Starts the engine when it is not running, asks it, and opens what it said. */
  async open(): Promise<void> {
    const status = await this.client
      .request("status", {})
      .catch((error: unknown) => String(error instanceof Error ? error.message : error));
    this.text = reportText(status, this.client, this.extensionVersion);
    this.changed.fire(this.uri);
    const document = await vscode.workspace.openTextDocument(this.uri);
    await vscode.window.showTextDocument(await vscode.languages.setTextDocumentLanguage(document, "markdown"), {
      preview: true,
    });
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

function reportText(status: EngineStatus | string, client: EngineClient, extensionVersion: string): string {
  const versions = [
    `- ${vscode.l10n.t("Extension")}: ${extensionVersion}`,
    `- ${vscode.l10n.t("VS Code")}: ${vscode.version} (${vscode.env.appHost}${vscode.env.remoteName ? `, ${vscode.env.remoteName}` : ""})`,
    `- ${vscode.l10n.t("Host runtime")}: Node ${process.versions.node}, ${process.platform} ${process.arch}`,
  ];
  const head = [`# ${vscode.l10n.t("Gradient Lens engine")}`, "", `## ${vscode.l10n.t("Versions")}`, "", ...versions];
  if (typeof status === "string") {
    return [
      ...head,
      "",
      `## ${vscode.l10n.t("Engine")}`,
      "",
      `- ${vscode.l10n.t("State")}: ${client.state}`,
      `- ${status}`,
      "",
    ].join("\n");
  }
  const backends = status.backends.map((backend) => {
    const { id, title, reason } = backend;
    return [
      id,
      title,
      id === status.backend ? vscode.l10n.t("in use") : verdict(backend),
      reason.replaceAll("|", "\\|"),
    ];
  });
  const titles = ["id", vscode.l10n.t("title"), vscode.l10n.t("verdict"), vscode.l10n.t("reason")];
  return [
    ...head,
    `- ${vscode.l10n.t("Engine runtime")}: Node ${status.node}`,
    "",
    `## ${vscode.l10n.t("Back ends")}`,
    "",
    ...markdownTable(titles, backends),
    "",
    `## ${vscode.l10n.t("Memory")}`,
    "",
    `- ${vscode.l10n.t("Tensors")}: ${status.tensors} (${formatBytes(status.tensorBytes)})`,
    `- ${vscode.l10n.t("Resident memory")}: ${formatBytes(status.residentBytes)}`,
    "",
    `## ${vscode.l10n.t("Process")}`,
    "",
    `- ${vscode.l10n.t("State")}: ${client.state}`,
    `- ${vscode.l10n.t("Process id")}: ${status.processId}`,
    `- ${vscode.l10n.t("Up for")}: ${Math.round(status.uptimeMs / 1000)} s`,
    `- ${vscode.l10n.t("Run")}: ${status.runId ?? vscode.l10n.t("none")}`,
    "",
  ].join("\n");
}

/** A Markdown table whose columns line up in plain text, too; the last one is left as long as it is. */
function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)));
    return `| ${padded.join(" | ")} |`;
  };
  const rule = titles.map((title, column) =>
    "-".repeat(column === titles.length - 1 ? title.length : (widths[column] ?? 0)),
  );
  return [line(titles), line(rule), ...rows.map(line)];
}

function verdict({ available, tried = true }: BackendStatus): string {
  if (!tried) return vscode.l10n.t("unknown");
  return available ? vscode.l10n.t("works") : vscode.l10n.t("refused");
}
