import * as vscode from "vscode";
import { GradlensError } from "../../core/errors";
import type { CheckTest } from "../../core/protocol/checks";
import { configurationOf } from "../debug/configurationProvider";
import { debugType } from "../ids";

/** Opens a debug session at the first step of what a test measures: its model, estimator and options. Ends with the session. */
export async function debugTest(test: CheckTest, testId: string, token: vscode.CancellationToken): Promise<void> {
  const { file, exportName, checkpoint } = test;
  if (checkpoint !== undefined)
    throw new GradlensError(
      "GL8031",
      `a debug session begins at step 0, not at the checkpoint ${checkpoint}; debug a test of the model file instead`,
    );
  const { estimator, objective, samples, batchSize, seed, dataset: data } = test;
  const given = Object.entries({ estimator, objective, samples, batchSize, seed, data });
  const configuration = {
    ...configurationOf(exportName === undefined ? file : `${file}#${exportName}`),
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    testId,
  };
  const isOurs = (session: vscode.DebugSession): boolean =>
    session.type === debugType && session.configuration["testId"] === testId;
  const subscriptions: vscode.Disposable[] = [];
  const ended = new Promise<void>((resolve) => {
    const stop = (session: vscode.DebugSession): void => void vscode.debug.stopDebugging(session);
    const started: vscode.DebugSession[] = [];
    subscriptions.push(
      vscode.debug.onDidStartDebugSession((session) => {
        if (!isOurs(session)) return;
        started.push(session);
        if (token.isCancellationRequested) stop(session);
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        if (isOurs(session)) resolve();
      }),
      token.onCancellationRequested(() => started.forEach(stop)),
    );
  });
  try {
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
    if (await vscode.debug.startDebugging(folder, configuration)) await ended;
  } finally {
    vscode.Disposable.from(...subscriptions).dispose();
  }
}
