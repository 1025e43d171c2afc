import * as vscode from "vscode";
import { GradlensError } from "../../core/errors";
import type { SourceLocation } from "../../core/protocol/source";
import type { EngineClient } from "../engineClient";
import { commandIds } from "../ids";
import { showError } from "../messages";
import type { PanelsHost } from "../panels/panelsHost";
import { revealSource } from "../revealSource";
import type { Session } from "../run/session";
import { settings } from "../settings";
import type { TestExplorer } from "../testing/testExplorer";
import type { ParametersView } from "../views/parametersView";
import type { RunsView } from "../views/runsView";
import { changeEstimator } from "./changeEstimator";
import { checkBias } from "./checkBias";
import { compareEstimators } from "./compareEstimators";
import { debug } from "./debug";
import type { EngineReport } from "./diagnoseEngine";
import { exportReport } from "./exportReport";
import { installNative, type NativeServices } from "./installNative";
import { newModelFile } from "./newModelFile";
import { replayStep } from "./replayStep";
import { resumeRun } from "./resumeRun";
import { setUpTypes, type ShippedTypes } from "./setUpTypes";
import { sweep } from "./sweep";
import { train, type TrainServices } from "./train";

export interface CommandServices extends TrainServices, NativeServices, ShippedTypes {
  readonly client: EngineClient;
  readonly session: Session;
  readonly panels: PanelsHost;
  readonly report: EngineReport;
  readonly runs: RunsView;
  readonly parameters: ParametersView;
  readonly tests: TestExplorer;
  readonly log: vscode.LogOutputChannel;
  readonly extensionId: string;
}

type Handler = (argument?: unknown) => unknown;

/** Registers every contributed command; an error that leaves one is shown as one sentence with one action. */
export function registerCommands(services: CommandServices): vscode.Disposable {
  const { client, session, panels, report, runs, parameters, log, extensionId } = services;
  const handlers: Readonly<Record<keyof typeof commandIds, Handler>> = {
    train: (uri) => train(services, uri instanceof vscode.Uri ? uri : undefined),
    debug: (uri) => debug(services, uri instanceof vscode.Uri ? uri : undefined),
    pause: () => session.pause(),
    resume: () => session.resume(),
    stop: () => session.stop(),
    changeEstimator: () => changeEstimator(client, session),
    checkBias: () => checkBias(services),
    toggleBiasWatch: () => session.watchBias(),
    compareEstimators: () => compareEstimators(services),
    replayStep: () => replayStep(services),
    sweep: (over) => sweep(services, typeof over === "string" ? over : undefined),
    showPanels: () => panels.show(),
    toggleInline: () => settings.setInlineEnabled(!settings.inlineEnabled()),
    diagnoseEngine: () => report.open(),
    showLog: () => log.show(),
    installNative: () => installNative(services),
    restartEngine: () => client.restart(),
    // Rows of the view of runs are known by their folders.
    resumeRun: (folder) => resumeRun(services, typeof folder === "string" ? folder : undefined),
    exportReport: (folder) => exportReport(services, typeof folder === "string" ? folder : undefined),
    revealRun: (folder) =>
      typeof folder === "string"
        ? vscode.commands.executeCommand("revealInExplorer", vscode.Uri.file(folder))
        : undefined,
    refreshRuns: () => runs.refresh(),
    showParameter: (name) => panels.show(typeof name === "string" ? name : undefined),
    revealSource: (given) => {
      const source = isSource(given) ? given : parameters.selectedSource;
      return source ? revealSource(source) : undefined;
    },
    showTestResult: (testId) => showTestResult(services, testId),
    newModelFile: () => newModelFile(services),
    setUpTypes: (near) => setUpTypes(services, near instanceof vscode.Uri ? near : undefined),
    openSettings: () => vscode.commands.executeCommand("workbench.action.openSettings", `@ext:${extensionId}`),
  };
  return vscode.Disposable.from(
    ...(Object.keys(handlers) as (keyof typeof commandIds)[]).map((key) =>
      vscode.commands.registerCommand(commandIds[key], async (argument?: unknown) => {
        try {
          await handlers[key](argument);
        } catch (error) {
          log.error(`${commandIds[key]}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
          // Not awaited: a command has ended when its message is shown, not when the message is closed.
          void showError(error);
        }
      }),
    ),
  );
}

function showTestResult({ tests, session, panels }: CommandServices, testId: unknown): void {
  const shown = typeof testId === "string" ? tests.shown(testId) : undefined;
  if (!shown)
    throw new GradlensError(
      "GL8030",
      "this test's verdict is not kept any more; run the test again, then follow its link",
    );
  session.showBias(shown.snapshot, shown.bias);
  panels.show(undefined, "bias");
}

const isSource = (value: unknown): value is SourceLocation =>
  typeof value === "object" && value !== null && "file" in value && "line" in value;
