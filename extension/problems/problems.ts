import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import type { FileLints, LintFinding } from "../../core/protocol/lints";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { SourceLocation } from "../../core/protocol/source";
import { GradlensError } from "../../core/errors";
import type { EngineClient, EngineLog } from "../engineClient";
import { locateLine } from "../inline/lineTracker";
import { isCancellation } from "../messages";
import { isModelDocument } from "../modelFile";
import type { Session } from "../run/session";
import { settings } from "../settings";
import { endlessTextCode } from "../silenceMessages";
import { lintPage } from "./lintPage";

export const problemSource = "Gradient Lens";

/** A diagnostic that quick fixes can be found for, in the text that it was found in. */
export interface LintDiagnostic extends vscode.Diagnostic {
  readonly finding?: LintFinding;
  readonly foundIn?: string;
}

/** What is known of a model file, and the text it was found in. */
interface Known {
  readonly text: string;
  readonly lints: FileLints;
}

/** Time after a save or a look at a file before it is linted. */
const DELAY_MS = 300;

const severities = {
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
} as const;

/**
 * Lints in the Problems panel: of model files when they are shown and when they are saved, and of the run beside its training. The
 * engine runs the file's code, so nothing happens in a workspace that is not trusted.
 */
export class Problems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection("gradlens");
  private readonly known = new Map<string, Known>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly requests = new Map<string, AbortController>();
  private readonly subscriptions: readonly { dispose(): void }[];
  private trained: { readonly runId: string; readonly file: string; readonly text: string } | undefined;

  constructor(
    private readonly client: EngineClient,
    private readonly session: Session,
    private readonly log: EngineLog,
    private readonly extensionUri: vscode.Uri,
  ) {
    this.subscriptions = [
      vscode.window.onDidChangeVisibleTextEditors(() => this.lookAtShown()),
      vscode.workspace.onDidSaveTextDocument((document) => this.schedule(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document.uri.fsPath)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.lookAtShown()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!settings.affects(event)) return;
        for (const file of [...this.known.keys()]) this.forget(file);
        this.draw(this.trained?.file);
        this.lookAtShown();
      }),
      session.onDidReplace((snapshot) => void this.follow(snapshot)),
      session.onDidDelta(({ fields }) => {
        if (fields.lints !== undefined) this.draw(this.trained?.file);
      }),
    ];
    this.lookAtShown();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const request of this.requests.values()) request.abort();
    this.collection.dispose();
  }

  private lookAtShown(): void {
    for (const { document } of vscode.window.visibleTextEditors)
      if (!this.known.has(document.uri.fsPath) && !this.requests.has(document.uri.fsPath)) this.schedule(document);
  }

  private schedule(document: vscode.TextDocument): void {
    const file = document.uri.fsPath;
    clearTimeout(this.timers.get(file));
    if (!vscode.workspace.isTrusted || !settings.lintEnabled()) return;
    if (!isModelDocument(document)) return this.forget(file);
    this.timers.set(
      file,
      setTimeout(() => void this.lint(document), DELAY_MS),
    );
  }

  private async lint(document: vscode.TextDocument): Promise<void> {
    const file = document.uri.fsPath;
    // An engine that does not start has said so; looking at a file must not start it again and again.
    if (document.isClosed || this.client.state === "failed") return;
    this.requests.get(file)?.abort();
    const controller = new AbortController();
    this.requests.set(file, controller);
    const { signal } = controller;
    const dataFolder = settings.dataFolder();
    let text = "";
    try {
      text = await readFile(file, "utf8");
      const lints = await this.client.request(
        "lint",
        { file, ...(dataFolder === undefined ? {} : { dataFolder }) },
        { signal },
      );
      if (signal.aborted || document.isClosed) return;
      this.known.set(file, { text, lints });
      this.draw(file);
    } catch (error) {
      if (isCancellation(error)) return;
      this.log.warn(`lint ${file}: ${String(error)}`);
      if (error instanceof GradlensError && error.code === endlessTextCode) {
        const { code, message } = error;
        const lints = { findings: [], problems: [{ code, message, source: { file, line: 1, column: 1 } }] };
        this.known.set(file, { text, lints });
        this.draw(file);
        // Other files waited behind this one.
        setTimeout(() => this.lookAtShown(), DELAY_MS);
      }
    } finally {
      if (this.requests.get(file) === controller) this.requests.delete(file);
    }
  }

  /** A new run: remember the text that the engine read. */
  private async follow(snapshot: RunSnapshot | null): Promise<void> {
    const before = this.trained?.file;
    if (snapshot && snapshot.runId !== this.trained?.runId) {
      const text = await readFile(snapshot.file, "utf8").catch(() => "");
      this.trained = { runId: snapshot.runId, file: snapshot.file, text };
    }
    if (before !== this.trained?.file) this.draw(before);
    this.draw(this.trained?.file);
  }

  private forget(file: string): void {
    clearTimeout(this.timers.get(file));
    this.timers.delete(file);
    this.requests.get(file)?.abort();
    if (this.known.delete(file)) this.draw(file);
  }

  private draw(file: string | undefined): void {
    if (file === undefined) return;
    const known = this.known.get(file);
    const uri = vscode.Uri.file(file);
    const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
    const place = (source: SourceLocation, lines: readonly string[]): vscode.Range | null =>
      rangeOf(source, lines, document ? splitLines(document.getText()) : lines);
    const of = (findings: readonly LintFinding[], text: string): readonly vscode.Diagnostic[] => {
      const lines = splitLines(text);
      return findings.flatMap((finding) => {
        const range = finding.source?.file === file ? place(finding.source, lines) : null;
        return range ? [this.diagnostic(finding, text, range)] : [];
      });
    };
    const problems = (known?.lints.problems ?? []).flatMap(({ code, message, source }) => {
      const range = source.file === file ? place(source, splitLines(known!.text)) : null;
      return range ? [problem(code, message, range)] : [];
    });
    const run = this.session.snapshot;
    const beside =
      settings.lintEnabled() && this.trained && run?.file === file && run.runId === this.trained.runId
        ? of(run.lints?.findings ?? [], this.trained.text)
        : [];
    this.collection.set(uri, [...problems, ...(known ? of(known.lints.findings, known.text) : []), ...beside]);
  }

  private diagnostic(finding: LintFinding, foundIn: string, range: vscode.Range): vscode.Diagnostic {
    const message = sentence(finding.message);
    const diagnostic: LintDiagnostic = Object.assign(
      new vscode.Diagnostic(range, message, severities[finding.severity]),
      { finding, foundIn },
    );
    diagnostic.source = problemSource;
    diagnostic.code = { value: finding.lint, target: lintPage(this.extensionUri, finding.lint) };
    return diagnostic;
  }
}

function problem(code: string, message: string, range: vscode.Range): vscode.Diagnostic {
  // The place is where the diagnostic stands.
  const words = message.replace(/^\S+?:\d+(?::\d+)?: /, "");
  const diagnostic = new vscode.Diagnostic(range, sentence(words), vscode.DiagnosticSeverity.Error);
  diagnostic.source = problemSource;
  diagnostic.code = code;
  return diagnostic;
}

/** The words of a source's line, where they are now; null when the line is gone. Columns are of the text without types. */
function rangeOf(
  { line }: SourceLocation,
  sourceLines: readonly string[],
  lines: readonly string[],
): vscode.Range | null {
  const now = locateLine(sourceLines, line - 1, lines);
  if (now === null) return null;
  const text = lines[now] ?? "";
  return new vscode.Range(now, text.length - text.trimStart().length, now, text.trimEnd().length);
}

const splitLines = (text: string): readonly string[] => text.split(/\r?\n/);

const sentence = (words: string): string =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? "" : "."}`;
