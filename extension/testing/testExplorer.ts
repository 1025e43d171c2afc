import { basename } from "node:path";
import * as vscode from "vscode";
import type { CheckTest, Expectation, ListedCheck } from "../../core/protocol/checks";
import type { ModelDescription } from "../../core/protocol/engine";
import type { EngineClient } from "../engineClient";
import { isCancellation, sentence } from "../messages";
import { settings } from "../settings";
import { checksGlob, findChecksFiles, findModelFiles, isModelFile, modelGlob } from "./findModelFiles";
import { type ShownBias, TestRuns } from "./testRuns";

/** Rate of wrong verdicts of a test that no checks file speaks of. */
const RATE = 0.05;

/**
 * Estimators in the Testing view: under every model file a test per model, "its estimator is unbiased", and under every checks file
 * the tests that it makes. Files are looked for when the view first asks, models are run when a file is opened in it.
 */
export class TestExplorer implements vscode.Disposable {
  readonly controller = vscode.tests.createTestController("gradlens", "Gradient Lens");
  /** A test, or the reason why a check makes none. */
  private readonly tests = new WeakMap<vscode.TestItem, CheckTest | { readonly problem: string }>();
  private readonly runs: TestRuns;
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(private readonly client: EngineClient) {
    this.runs = new TestRuns(client, this.controller, {
      test: (item) => this.tests.get(item),
      resolve: (item) => this.resolve(item),
    });
    this.controller.resolveHandler = (item) => (item ? this.resolve(item) : this.discover());
    this.controller.refreshHandler = (token) => this.discover(token);
  }

  /** A verdict of the last runs by the id of its test. */
  shown(testId: string): ShownBias | undefined {
    return this.runs.shown(testId);
  }

  dispose(): void {
    this.runs.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
    this.controller.dispose();
  }

  private async discover(token: vscode.CancellationToken = new vscode.CancellationTokenSource().token): Promise<void> {
    this.watch();
    const [checks, models] = await Promise.all([findChecksFiles(token), findModelFiles(token)]);
    this.controller.items.replace([...checks, ...models].map((uri) => this.fileItem(uri)));
  }

  /** Follows files from the first look on. */
  private watch(): void {
    if (this.subscriptions.length > 0) return;
    for (const glob of [modelGlob, checksGlob]) {
      const watcher = vscode.workspace.createFileSystemWatcher(glob);
      const changed = (uri: vscode.Uri): void => void this.update(uri, glob === checksGlob);
      this.subscriptions.push(
        watcher,
        watcher.onDidCreate(changed),
        watcher.onDidChange(changed),
        watcher.onDidDelete((uri) => this.controller.items.delete(uri.toString())),
      );
    }
  }

  /** A changed file: listed if it has become one of ours, its tests read anew if they were known. */
  private async update(uri: vscode.Uri, isChecks: boolean): Promise<void> {
    const id = uri.toString();
    const item = this.controller.items.get(id);
    if (/\/(node_modules|dist|out|build|\.git)\//.test(uri.path)) return;
    if (!isChecks && !(await isModelFile(uri))) return this.controller.items.delete(id);
    if (!item) return this.controller.items.add(this.fileItem(uri));
    if (item.children.size > 0 || item.error !== undefined) await this.resolve(item);
  }

  private fileItem(uri: vscode.Uri): vscode.TestItem {
    const item = this.controller.createTestItem(uri.toString(), basename(uri.fsPath), uri);
    item.description = vscode.workspace.asRelativePath(uri).split("/").slice(0, -1).join("/");
    item.canResolveChildren = true;
    return item;
  }

  /** Asks the engine for the tests of a file. Model files are code: nothing runs in a workspace that is not trusted. */
  private async resolve(item: vscode.TestItem): Promise<void> {
    if (!item.uri || this.tests.has(item)) return;
    item.error = undefined;
    if (!vscode.workspace.isTrusted) {
      item.error = vscode.l10n.t("Model files are code and run in trusted workspaces only.");
      return;
    }
    item.busy = true;
    try {
      const isChecks = item.uri.path.endsWith(".checks.json");
      item.children.replace(await (isChecks ? this.checkItems(item.uri) : this.modelItems(item.uri)));
    } catch (error) {
      item.children.replace([]);
      if (!isCancellation(error)) item.error = sentence(error);
    } finally {
      item.busy = false;
    }
  }

  private async modelItems(uri: vscode.Uri): Promise<vscode.TestItem[]> {
    const file = uri.fsPath;
    const dataFolder = settings.dataFolder();
    const { models } = await this.client.request("describe", { file, ...(dataFolder ? { dataFolder } : {}) });
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)).split("\n");
    return models.map((model) => {
      const { exportName, name, estimator, problem } = model;
      const item = this.controller.createTestItem(
        `${uri}#${exportName}`,
        `${name}: ${label(estimator || vscode.l10n.t("its estimator"), "unbiased")}`,
        uri,
      );
      const line = lineOf(text, model);
      item.range = new vscode.Range(line, 0, line, text[line]?.length ?? 0);
      if (problem !== undefined) item.error = sentence(new Error(problem));
      this.tests.set(item, {
        ...{ model: name, file, exportName, expect: "unbiased", rate: RATE },
        ...(dataFolder ? { dataFolder } : {}),
      });
      return item;
    });
  }

  private async checkItems(uri: vscode.Uri): Promise<vscode.TestItem[]> {
    const dataFolder = settings.dataFolder();
    const request = { file: uri.fsPath, backend: settings.backend(), ...(dataFolder ? { dataFolder } : {}) };
    const { checks } = await this.client.request("checks", request);
    return checks.flatMap((check) => this.itemsOf(check, uri));
  }

  private itemsOf({ index, model, expect, tests, problem, source }: ListedCheck, uri: vscode.Uri): vscode.TestItem[] {
    const range = new vscode.Range(source.line - 1, source.column - 1, source.line - 1, source.column);
    const make = (estimator: string | undefined): vscode.TestItem => {
      const own = vscode.l10n.t("its estimator");
      const name = `${model}: ${label(estimator ?? own, expect)}`;
      const item = this.controller.createTestItem(`${uri}@${index}:${expect}:${estimator ?? ""}`, name, uri);
      item.range = range;
      return item;
    };
    if (problem !== undefined) {
      const item = make(undefined);
      item.error = sentence(new Error(problem));
      this.tests.set(item, { problem });
      return [item];
    }
    return tests.map((test) => {
      const item = make(test.estimator);
      this.tests.set(item, test);
      return item;
    });
  }
}

/** `half is unbiased`. */
function label(estimator: string, expect: Expectation): string {
  if (expect === "unbiased") return vscode.l10n.t("{0} is unbiased", estimator);
  if (expect === "biased") return vscode.l10n.t("{0} is biased", estimator);
  return vscode.l10n.t("{0} has variance below the recorded bound", estimator);
}

/** The line that names a model, else that of its first parameter, counted from 0. */
function lineOf(text: readonly string[], { name, parameters }: ModelDescription): number {
  const named = text.findIndex((line) => line.includes(JSON.stringify(name)) || line.includes(`'${name}'`));
  return named >= 0 ? named : Math.max(0, (parameters[0]?.source?.line ?? 1) - 1);
}
