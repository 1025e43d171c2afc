import * as vscode from "vscode";
import type { ListedCheck } from "../../core/protocol/checks";
import type { EngineClient } from "../engineClient";
import { sentence } from "../messages";
import { settings } from "../settings";
import type { ListedTest } from "./listedTest";
import { testLabel } from "./testLabel";

/** The tests that a checks file makes; one that it cannot make is listed with the reason. */
export async function checksFileTests(client: EngineClient, uri: vscode.Uri): Promise<ListedTest[]> {
  const dataFolder = settings.dataFolder();
  const request = { file: uri.fsPath, backend: settings.backend(), ...(dataFolder ? { dataFolder } : {}) };
  const { checks } = await client.request("checks", request);
  return checks.flatMap((check) => testsOf(check, uri));
}

function testsOf({ index, model, expect, tests, problem, source }: ListedCheck, uri: vscode.Uri): ListedTest[] {
  const listed = (estimator: string | undefined): Omit<ListedTest, "entry"> => ({
    id: `${uri}@${index}:${expect}:${estimator ?? ""}`,
    label: `${model}: ${testLabel(estimator, expect)}`,
    range: new vscode.Range(source.line - 1, source.column - 1, source.line - 1, source.column),
  });
  if (problem !== undefined) return [{ ...listed(undefined), error: sentence(new Error(problem)), entry: { problem } }];
  return tests.map((test) => ({ ...listed(test.estimator), entry: { test } }));
}
