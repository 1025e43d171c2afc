import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { SourceLocation } from "../../core/protocol/source";
import { Emitter } from "../emitter";
import { colorIds } from "../ids";
import type { Session } from "../run/session";
import { settings } from "../settings";
import { Throttle } from "../throttle";
import { annotate, type AnnotationLevel, type LineAnnotation } from "./annotations";
import { LineTracker } from "./lineTracker";
import { sparklineSize, sparklineSvg, svgDataUri } from "./sparkline";

/** An annotation and the line of the document where it stands now. */
export interface PlacedAnnotation {
  readonly line: number;
  readonly annotation: LineAnnotation;
}

const foregrounds: Readonly<Record<AnnotationLevel, string>> = {
  normal: colorIds.foreground,
  lowSnr: colorIds.lowSnr,
  unknown: colorIds.unknown,
};

/** Text and sparkline behind the lines of the model file that is trained, at most twice a second, in visible editors only. */
export class InlineVariance implements vscode.Disposable {
  private readonly decoration = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly throttle = new Throttle(500, () => this.draw());
  private readonly changed = new Emitter<void>();
  private readonly subscriptions: readonly { dispose(): void }[];
  private readonly trackers = new Map<string, LineTracker>();
  private annotations: readonly LineAnnotation[] = [];
  private sourceFile = "";
  private sourceLines: readonly string[] = [];
  private runId = "";

  /** Numbers or places changed: CodeLenses are asked for again. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly session: Session) {
    this.subscriptions = [
      session.onDidReplace((snapshot) => void this.take(snapshot)),
      session.onDidDelta((delta) => {
        if (delta.variance || delta.fields.graph || delta.fields.estimator || delta.fields.bias) this.throttle.call();
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.throttle.call()),
      vscode.window.onDidChangeActiveColorTheme(() => this.throttle.call()),
      vscode.workspace.onDidChangeTextDocument((event) => this.follow(event)),
      vscode.workspace.onDidCloseTextDocument((document) => this.trackers.delete(document.uri.toString())),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (settings.affects(event)) this.throttle.call();
      }),
    ];
  }

  /** What stands in a document now, top to bottom; nothing while inline text is about another file. */
  placed(document: vscode.TextDocument): readonly PlacedAnnotation[] {
    if (document.uri.scheme !== "file" || document.uri.fsPath !== this.sourceFile) return [];
    const tracker = this.tracker(document);
    const lineText = (line: number): string | undefined =>
      line < document.lineCount ? document.lineAt(line).text : undefined;
    return this.annotations.flatMap((annotation) => {
      const line = tracker.current(annotation.sourceLine, lineText);
      return line === null ? [] : [{ line, annotation }];
    });
  }

  /** Where a source line is now; undefined when its file is not followed. */
  currentLine(source: SourceLocation): number | null | undefined {
    if (source.file !== this.sourceFile) return undefined;
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === source.file);
    if (!document) return undefined;
    const lineText = (line: number): string | undefined =>
      line < document.lineCount ? document.lineAt(line).text : undefined;
    return this.tracker(document).current(source.line - 1, lineText) ?? undefined;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.throttle.dispose();
    this.changed.dispose();
    this.decoration.dispose();
  }

  /** A new run: remember the text that the engine read, so that lines can be found again in later versions of it. */
  private async take(snapshot: RunSnapshot | null): Promise<void> {
    if (snapshot && (snapshot.runId !== this.runId || snapshot.file !== this.sourceFile)) {
      this.runId = snapshot.runId;
      const text = await readFile(snapshot.file, "utf8").catch(() => "");
      this.sourceFile = snapshot.file;
      this.sourceLines = splitLines(text);
      this.trackers.clear();
    }
    this.throttle.call();
  }

  private tracker(document: vscode.TextDocument): LineTracker {
    const key = document.uri.toString();
    let tracker = this.trackers.get(key);
    if (!tracker) {
      const sources = this.annotations.map(({ sourceLine }) => sourceLine);
      tracker = new LineTracker(this.sourceLines, sources, splitLines(document.getText()));
      this.trackers.set(key, tracker);
    }
    return tracker;
  }

  private follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const tracker = this.trackers.get(document.uri.toString());
    if (!tracker || contentChanges.length === 0) return;
    tracker.apply(
      contentChanges.map(({ range, text }) => ({
        startLine: range.start.line,
        startCharacter: range.start.character,
        endLine: range.end.line,
        text,
      })),
      () => splitLines(document.getText()),
    );
    // At once: a number must not stand beside words that are being changed.
    for (const editor of vscode.window.visibleTextEditors) if (editor.document === document) this.decorate(editor);
    this.throttle.call();
  }

  private draw(): void {
    const { snapshot } = this.session;
    const before = this.annotations.map(({ sourceLine }) => sourceLine).join();
    this.annotations = snapshot && snapshot.file === this.sourceFile ? annotate(snapshot) : [];
    if (this.annotations.map(({ sourceLine }) => sourceLine).join() !== before) this.trackers.clear();
    for (const editor of vscode.window.visibleTextEditors) this.decorate(editor);
    this.changed.fire();
  }

  private decorate(editor: vscode.TextEditor): void {
    const shown = settings.inlineEnabled() ? this.placed(editor.document) : [];
    editor.setDecorations(
      this.decoration,
      shown.map(({ line, annotation }) => this.options(editor, line, annotation)),
    );
  }

  private options(editor: vscode.TextEditor, line: number, annotation: LineAnnotation): vscode.DecorationOptions {
    const end = editor.document.lineAt(line).range.end;
    const history = annotation.parameters[0]?.history ?? [];
    const after: vscode.ThemableDecorationAttachmentRenderOptions = {
      contentText: annotation.text,
      color: new vscode.ThemeColor(foregrounds[annotation.level]),
      backgroundColor: new vscode.ThemeColor(colorIds.background),
      fontStyle: "normal",
      margin: "0 0 0 1ch",
    };
    const picture = (color: string): vscode.DecorationInstanceRenderOptions["before"] => {
      const svg = settings.sparklines() ? sparklineSvg(history, color) : "";
      if (svg === "") return { contentText: "", margin: "0 0 0 2ch" };
      return {
        contentIconPath: vscode.Uri.parse(svgDataUri(svg)),
        width: `${sparklineSize.width}px`,
        height: `${sparklineSize.height}px`,
        margin: "0 0 0 2ch",
      };
    };
    const { light, dark } = sparklineColors();
    return {
      range: new vscode.Range(end, end),
      renderOptions: { after, light: { before: picture(light) ?? {} }, dark: { before: picture(dark) ?? {} } },
    };
  }
}

/** Pictures do not see theme colours, so each kind of theme has its own. */
function sparklineColors(): { readonly light: string; readonly dark: string } {
  const { kind } = vscode.window.activeColorTheme;
  if (kind === vscode.ColorThemeKind.HighContrast || kind === vscode.ColorThemeKind.HighContrastLight) {
    return { light: "#0f4a85", dark: "#ffffff" };
  }
  return { light: "#1a5fb4", dark: "#75beff" };
}

const splitLines = (text: string): readonly string[] => text.split(/\r?\n/);
