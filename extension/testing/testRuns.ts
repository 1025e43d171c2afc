import * as vscode from "vscode";
import type { CheckOutcome } from "../../core/protocol/checks";
import type { BiasRecord } from "../../core/protocol/bias";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import { requireTrust } from "../commands/train";
import type { EngineClient } from "../engineClient";
import { isCancellation, sentence } from "../messages";
import { settings } from "../settings";
import { isChecksFile } from "./findModelFiles";
import { debugTest } from "./debugTest";
import type { ListedTest } from "./listedTest";
import { testMessages } from "./testMessages";

/** A verdict with the snapshot that shows it. */
export interface ShownBias {
  readonly snapshot: RunSnapshot;
  readonly bias: BiasRecord;
}

/** What can be run, or tells why it cannot. */
interface Leaf {
  readonly item: vscode.TestItem;
  readonly entry: Exclude<ListedTest["entry"], { readonly othersOf: unknown }>;
}

interface TestTree {
  /** What stands behind an item below a file. */
  entry(item: vscode.TestItem): ListedTest["entry"] | undefined;
  /** Reads an item's tests, if it has not been done. */
  resolve(item: vscode.TestItem): Promise<void>;
}

/** Verdicts kept for the link in a message. */
const MOST_SHOWN = 200;

/** Runs the tests of the Testing view in the engine, one by one; watched ones again whenever a file that they need is saved. */
export class TestRuns implements vscode.Disposable {
  private readonly profile: vscode.TestRunProfile;
  private readonly debugProfile: vscode.TestRunProfile;
  private readonly verdicts = new Map<string, ShownBias>();
  /** Ids of the tests that failed when they last ran. */
  private readonly failed = new Set<string>();

  constructor(
    private readonly client: EngineClient,
    private readonly controller: vscode.TestController,
    private readonly tree: TestTree,
  ) {
    const { Run, Debug } = vscode.TestRunProfileKind;
    const handler = (request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> =>
      request.continuous === true ? this.watch(request, token) : this.run(request, token);
    this.profile = controller.createRunProfile(vscode.l10n.t("Run"), Run, handler, true, undefined, true);
    const debug = (request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> =>
      this.debug(request, token);
    this.debugProfile = controller.createRunProfile(vscode.l10n.t("Debug"), Debug, debug, true);
  }

  shown(testId: string): ShownBias | undefined {
    return this.verdicts.get(testId);
  }

  dispose(): void {
    this.profile.dispose();
    this.debugProfile.dispose();
  }

  private async run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    requireTrust();
    const run = this.controller.createTestRun(request);
    const controller = new AbortController();
    const stop = vscode.Disposable.from(
      token.onCancellationRequested(() => controller.abort()),
      run.token.onCancellationRequested(() => controller.abort()),
    );
    try {
      const leaves = await this.leaves(request, run);
      for (const { item } of leaves) run.enqueued(item);
      for (const leaf of leaves) {
        if (controller.signal.aborted) run.skipped(leaf.item);
        else await this.runOne(leaf, run, controller.signal);
      }
    } finally {
      stop.dispose();
      run.end();
    }
  }

  /**
   * Opens a debug session on one test. Of several it takes the first that failed when it last ran, else the first, and says so: after
   * each session another one would begin by itself. It gives no verdict, so that the last one stays.
   */
  private async debug(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    requireTrust();
    const run = this.controller.createTestRun(request, undefined, false);
    try {
      const leaves = await this.leaves(request, run);
      const leaf = leaves.find(({ item }) => this.failed.has(item.id)) ?? leaves[0];
      if (!leaf || token.isCancellationRequested) return;
      const { item, entry } = leaf;
      if (leaves.length > 1)
        void vscode.window.showInformationMessage(
          vscode.l10n.t(
            'Debugging "{0}", one of {1} tests: a debug session is of one test.',
            item.label,
            leaves.length,
          ),
        );
      run.started(item);
      try {
        if ("problem" in entry) throw new Error(entry.problem);
        await debugTest(entry.test, item.id, token);
      } catch (error) {
        run.errored(item, new vscode.TestMessage(sentence(error)));
      }
    } finally {
      run.end();
    }
  }

  /** Runs again what was asked for whenever a file of it, or one that a model might import, is saved. */
  private async watch(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    requireTrust();
    let running: Promise<void> = Promise.resolve();
    const saved = vscode.workspace.onDidSaveTextDocument((document) => {
      running = running
        .then(() => this.affected(request, document.uri))
        .then((include) => {
          if (include.length === 0 || token.isCancellationRequested) return;
          return this.run(new vscode.TestRunRequest(include, request.exclude, this.profile, true), token);
        })
        .catch((error: unknown) => void vscode.window.showErrorMessage(sentence(error)));
    });
    token.onCancellationRequested(() => saved.dispose());
  }

  private async affected(request: vscode.TestRunRequest, uri: vscode.Uri): Promise<readonly vscode.TestItem[]> {
    if (!/\.(?:[cm]?[jt]s|checks\.json)$/.test(uri.path)) return [];
    const own = this.controller.items.get(uri.toString());
    // Its tests may be others now.
    if (own) await this.tree.resolve(own);
    const roots = request.include ?? [...this.controller.items].map(([, item]) => item);
    const concerned = own ? roots.filter(({ uri: of }) => of?.path === uri.path || isChecksFile(of)) : roots;
    const known = (await Promise.all(concerned.map((item) => this.leavesOf(item)))).flat();
    if (!own) return known.map(({ item }) => item); // perhaps imported by any of them
    return known
      .filter(
        ({ item, entry }) =>
          ("test" in entry && entry.test.file === uri.fsPath) || item.uri?.toString() === uri.toString(),
      )
      .map(({ item }) => item);
  }

  private async leaves(request: vscode.TestRunRequest, run: vscode.TestRun): Promise<readonly Leaf[]> {
    const roots = request.include ?? [...this.controller.items].map(([, item]) => item);
    const excluded = new Set(request.exclude?.map(({ id }) => id));
    const found = new Map<string, Leaf>();
    for (const root of roots) {
      for (const leaf of await this.leavesOf(root)) if (!isWithin(leaf.item, excluded)) found.set(leaf.item.id, leaf);
      // A file that cannot be read is an error of its own, not an empty success.
      if (root.error !== undefined && root.children.size === 0 && root.canResolveChildren)
        run.errored(root, new vscode.TestMessage(root.error));
    }
    return [...found.values()];
  }

  /** What is below an item; a model's other estimators only where they, or one of them, are asked for by themselves. */
  private async leavesOf(item: vscode.TestItem): Promise<readonly Leaf[]> {
    const entry = this.tree.entry(item);
    if (entry && !("othersOf" in entry)) return [{ item, entry }];
    if (item.canResolveChildren && item.children.size === 0) await this.tree.resolve(item);
    const below = [...item.children].flatMap(([, child]) => (child.canResolveChildren ? [] : [child]));
    return (await Promise.all(below.map((child) => this.leavesOf(child)))).flat();
  }

  private async runOne({ item, entry }: Leaf, run: vscode.TestRun, signal: AbortSignal): Promise<void> {
    run.started(item);
    // What cannot be tested counts as an error, and not as nothing.
    if ("problem" in entry) return run.errored(item, new vscode.TestMessage(sentence(new Error(entry.problem))));
    try {
      const { outcome, snapshot } = await this.client.request(
        "runCheck",
        { test: entry.test, backend: settings.backend() },
        { signal },
      );
      if (snapshot && outcome.bias) this.keep(item.id, { snapshot, bias: outcome.bias });
      if (outcome.outcome === "fails") this.failed.add(item.id);
      else this.failed.delete(item.id);
      report(run, item, outcome);
    } catch (error) {
      if (signal.aborted || isCancellation(error)) run.skipped(item);
      else run.errored(item, new vscode.TestMessage(sentence(error)));
    }
  }

  private keep(testId: string, shown: ShownBias): void {
    this.verdicts.delete(testId);
    this.verdicts.set(testId, shown);
    const [oldest] = this.verdicts.keys();
    if (this.verdicts.size > MOST_SHOWN && oldest !== undefined) this.verdicts.delete(oldest);
  }
}

/** What was not decided is an error: neither passed nor failed. */
function report(run: vscode.TestRun, item: vscode.TestItem, outcome: CheckOutcome): void {
  run.appendOutput(`${item.label}: ${outcome.message}\r\n`, undefined, item);
  if (outcome.outcome === "holds") return run.passed(item, outcome.elapsedMs);
  const messages = testMessages(outcome, item.id);
  if (outcome.outcome === "fails") run.failed(item, messages, outcome.elapsedMs);
  else run.errored(item, messages, outcome.elapsedMs);
}

/** Whether an item, or what it stands below, is among these. */
function isWithin(item: vscode.TestItem | undefined, ids: ReadonlySet<string>): boolean {
  return item !== undefined && (ids.has(item.id) || isWithin(item.parent, ids));
}
