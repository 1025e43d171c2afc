import * as vscode from "vscode";
import type { EngineClient } from "../engineClient";
import { isCancellation, sentence } from "../messages";
import { checksFileTests } from "./checksFileTests";
import { checksGlob, findChecksFiles, findModelFiles, isChecksFile, isModelFile, modelGlob } from "./findModelFiles";
import type { ListedTest } from "./listedTest";
import { modelTests, otherEstimatorTests } from "./modelTests";
import { type ShownBias, TestRuns } from "./testRuns";

/**
 * Estimators in the Testing view: under every model file a test per model, "its estimator is unbiased", with its other estimators to be
 * asked for, and under every checks file the tests that it makes. Files are looked for when the view first asks, models are run when a
 * file is opened in it.
 */
export class TestExplorer implements vscode.Disposable {
  readonly controller = vscode.tests.createTestController("gradlens", "Gradient Lens");
  /** What stands behind the items below a file. */
  private readonly entries = new WeakMap<vscode.TestItem, ListedTest["entry"]>();
  private readonly runs: TestRuns;
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(private readonly client: EngineClient) {
    this.runs = new TestRuns(client, this.controller, {
      entry: (item) => this.entries.get(item),
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
    // With its folder, and not with a description beside it, which screen readers are given in the label's place.
    const item = this.controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    item.canResolveChildren = true;
    return item;
  }

  /** Asks the engine for the tests of a file. Model files are code: nothing runs in a workspace that is not trusted. */
  private async resolve(item: vscode.TestItem): Promise<void> {
    const entry = this.entries.get(item);
    if (!item.uri || (entry && !("othersOf" in entry))) return;
    item.error = undefined;
    if (!vscode.workspace.isTrusted) {
      item.error = vscode.l10n.t("Model files are code and run in trusted workspaces only.");
      return;
    }
    item.busy = true;
    try {
      const { uri, id } = item;
      const listed = await (entry
        ? otherEstimatorTests(this.client, id, entry.othersOf)
        : (isChecksFile(uri) ? checksFileTests : modelTests)(this.client, uri));
      item.children.replace(listed.map((test) => this.itemOf(test, uri)));
    } catch (error) {
      item.children.replace([]);
      if (!isCancellation(error)) item.error = sentence(error);
    } finally {
      item.busy = false;
    }
  }

  private itemOf({ id, label, order, range, error, entry }: ListedTest, uri: vscode.Uri): vscode.TestItem {
    const item = this.controller.createTestItem(id, label, uri);
    if (order !== undefined) item.sortText = order;
    item.range = range;
    item.error = error;
    item.canResolveChildren = "othersOf" in entry;
    this.entries.set(item, entry);
    return item;
  }
}
