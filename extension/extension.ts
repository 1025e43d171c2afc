import { join } from "node:path";
import * as vscode from "vscode";
import { autostart } from "./autostart";
import { EngineReport } from "./commands/diagnoseEngine";
import { nativeEnvironment } from "./commands/installNative";
import { registerCommands } from "./commands/register";
import { begin, type TrainServices } from "./commands/train";
import { ContextKeys } from "./contextKeys";
import { CrashMessages } from "./crashMessages";
import { registerDebugger } from "./debug/registerDebugger";
import { EngineClient } from "./engineClient";
import { EngineWatch } from "./engineWatch";
import { forkEngine } from "./forkEngine";
import { panelViewType } from "./ids";
import { VarianceCodeLens } from "./inline/codeLens";
import { VarianceHover } from "./inline/hover";
import { InlineVariance } from "./inline/inlineVariance";
import { showError } from "./messages";
import { isModelDocument, modelSelector } from "./modelFile";
import { PanelsHost } from "./panels/panelsHost";
import { setCurrentLine } from "./revealSource";
import { LintFixes } from "./problems/lintFixes";
import { Problems } from "./problems/problems";
import { isActive, Session } from "./run/session";
import { settings } from "./settings";
import { SilenceMessages } from "./silenceMessages";
import { StatusBar } from "./statusBar";
import { TestExplorer } from "./testing/testExplorer";
import { TypesFix } from "./types/typesFix";
import { ParametersView } from "./views/parametersView";
import { RunsView } from "./views/runsView";

/** What the tests inside the host look at. */
export interface ExtensionApi {
  readonly client: EngineClient;
  readonly session: Session;
  readonly inline: InlineVariance;
  readonly panels: PanelsHost;
  readonly tests: TestExplorer;
  readonly train: TrainServices;
  readonly activationMs: number;
}

/** Registers everything and starts nothing: the engine is forked on first use. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const activating = performance.now();
  const log = vscode.window.createOutputChannel("Gradient Lens", { log: true });
  const client = new EngineClient({ fork: () => fork(context), log, onOutput: engineOutput(context) });
  const session = new Session(client);
  const inline = new InlineVariance(session);
  const panels = new PanelsHost(context.extensionUri, client, session, log);
  const runs = new RunsView(session);
  const version = String(context.extension.packageJSON.version);
  const report = new EngineReport(client, version);
  const parameters = new ParametersView(session);
  const tests = new TestExplorer(client);
  const codeLens = new VarianceCodeLens(inline);
  const train: TrainServices = {
    client,
    session,
    memory: context.workspaceState,
    showPanels: (panel) => panels.show(undefined, panel),
  };
  const works = (): boolean => isActive(session.snapshot) && session.snapshot.state === "running";
  const watch = new EngineWatch(client, { works });
  const status = new StatusBar(client, session, watch, () =>
    vscode.window.visibleTextEditors.some(({ document }) => isModelDocument(document)),
  );
  setCurrentLine((source) => inline.currentLine(source));
  context.subscriptions.push(
    registerCommands({
      ...{ ...train, panels, report, runs, parameters, tests, log },
      extensionId: context.extension.id,
      extensionPath: context.extensionPath,
      nativeFolder: nativeFolder(context),
      version,
    }),
    registerDebugger(train),
    vscode.window.registerWebviewPanelSerializer(panelViewType, panels),
    vscode.languages.registerHoverProvider(modelSelector, new VarianceHover(inline, session)),
    vscode.languages.registerCodeLensProvider(modelSelector, codeLens),
    vscode.window.onDidChangeVisibleTextEditors(() => status.draw()),
    vscode.languages.registerCodeActionsProvider(modelSelector, new LintFixes(client), LintFixes.metadata),
    vscode.languages.registerCodeActionsProvider(modelSelector, new TypesFix(), TypesFix.metadata),
    new Problems(client, session, log, context.extensionUri),
    new ContextKeys(client, session),
    new CrashMessages(client, session, (request) => begin(train, request)),
    new SilenceMessages(client, session, watch),
    ...[runs, parameters, tests, status, codeLens, inline, panels, report, session, watch, client, log],
  );
  const model = process.env["GRADLENS_AUTOSTART"];
  if (model) void autostart(model, train).catch(showError);
  return { client, session, inline, panels, tests, train, activationMs: performance.now() - activating };
}

const nativeFolder = (context: vscode.ExtensionContext): string => join(context.globalStorageUri.fsPath, "native");

function fork(context: vscode.ExtensionContext): ReturnType<typeof forkEngine> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file");
  const workers = settings.workers();
  return forkEngine({
    script: context.asAbsolutePath("dist/engine.js"),
    nodePath: settings.nodePath(),
    cwd: folder?.uri.fsPath,
    env: {
      ...nativeEnvironment(nativeFolder(context)),
      ...(workers === null ? {} : { GRADLENS_WORKERS: String(workers) }),
    },
  });
}

/** A log of its own for what the engine's libraries print, made when they first do. */
function engineOutput(context: vscode.ExtensionContext): (line: string) => void {
  let channel: vscode.LogOutputChannel | undefined;
  return (line) => {
    if (!channel) {
      channel = vscode.window.createOutputChannel("Gradient Lens Engine", { log: true });
      context.subscriptions.push(channel);
    }
    channel.info(line);
  };
}
