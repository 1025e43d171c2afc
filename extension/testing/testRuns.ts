import * as vscode from "vscode";
import type { CheckOutcome, CheckTest } from "../../core/protocol/checks";
import type { BiasRecord, RunSnapshot } from "../../core/protocol/snapshot";
import { requireTrust } from "../commands/train";
import type { EngineClient } from "../engineClient";
import { isCancellation, sentence } from "../messages";
import { settings } from "../settings";
import { testMessages } from "./testMessages";

/** A verdict with the snapshot that shows it. */
export interface ShownBias {
  readonly snapshot: RunSnapshot;
  readonly bias: BiasRecord;
}

interface Leaf {
  readonly item: vscode.TestItem;
  readonly test: CheckTest | { readonly problem: string };
}

interface TestTree {
  /** The test of an item that is one, or the reason why there is none. */
  test(item: vscode.TestItem): CheckTest | { readonly problem: string } | undefined;
  /** Reads an item's tests, if it has not been done. */
  resolve(item: vscode.TestItem): Promise<void>;
}

/** Verdicts kept for the link in a message. */
const MOST_SHOWN = 200;

/** Runs the tests of the Testing view in the engine, one by one; watched ones again whenever a file that they need is saved. */
export class TestRuns implements vscode.Disposable {
  private readonly profile: vscode.TestRunProfile;
  private readonly verdicts = new Map<string, ShownBias>();

  constructor(
    private readonly client: EngineClient,
    private readonly controller: vscode.TestController,
    private readonly tree: TestTree,
  ) {
    const run = vscode.TestRunProfileKind.Run;
    const handler = (request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> =>
      request.continuous === true ? this.watch(request, token) : this.run(request, token);
    this.profile = controller.createRunProfile(vscode.l10n.t("Run"), run, handler, true, undefined, true);
  }

  shown(testId: string): ShownBias | undefined {
    return this.verdicts.get(testId);
  }

  dispose(): void {
    this.profile.dispose();
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
      const items = await this.leaves(request, run);
      for (const item of items) run.enqueued(item);
      for (const item of items) {
        if (controller.signal.aborted) run.skipped(item);
        else await this.runOne(item, run, controller.signal);
      }
    } finally {
      stop.dispose();
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
    const known = (await Promise.all(roots.map((item) => this.leavesOf(item)))).flat();
    if (!own) return known.map(({ item }) => item); // perhaps imported by any of them
    return known
      .filter(
        ({ item, test }) => ("file" in test && test.file === uri.fsPath) || item.uri?.toString() === uri.toString(),
      )
      .map(({ item }) => item);
  }

  private async leaves(request: vscode.TestRunRequest, run: vscode.TestRun): Promise<readonly vscode.TestItem[]> {
    const roots = request.include ?? [...this.controller.items].map(([, item]) => item);
    const found = new Map<string, vscode.TestItem>();
    for (const root of roots) {
      for (const { item } of await this.leavesOf(root)) {
        const excluded = request.exclude?.some(({ id }) => id === item.id || id === item.parent?.id);
        if (excluded !== true) found.set(item.id, item);
      }
      // A file that cannot be read is an error of its own, not an empty success.
      if (root.error !== undefined && root.children.size === 0 && !this.tree.test(root))
        run.errored(root, new vscode.TestMessage(root.error));
    }
    return [...found.values()];
  }

  private async leavesOf(item: vscode.TestItem): Promise<readonly Leaf[]> {
    const test = this.tree.test(item);
    if (test) return [{ item, test }];
    if (item.canResolveChildren && item.children.size === 0) await this.tree.resolve(item);
    return (await Promise.all([...item.children].map(([, child]) => this.leavesOf(child)))).flat();
  }

  private async runOne(item: vscode.TestItem, run: vscode.TestRun, signal: AbortSignal): Promise<void> {
    const test = this.tree.test(item);
    if (!test) return;
    run.started(item);
    // What cannot be tested counts as an error, and not as nothing.
    if ("problem" in test) return run.errored(item, new vscode.TestMessage(sentence(new Error(test.problem))));
    try {
      const { outcome, snapshot } = await this.client.request(
        "runCheck",
        { test, backend: settings.backend() },
        { signal },
      );
      if (snapshot && outcome.bias) this.keep(item.id, { snapshot, bias: outcome.bias });
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
