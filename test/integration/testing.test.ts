import assert from "node:assert/strict";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { ExtensionApi } from "../../extension/extension";
import { activateExtension, eventually, root } from "./support/extension";
import { recordTestRuns, type RecordedRun } from "./support/recordTestRuns";

const checks = `{ "checks": [{ "model": "bent.ts", "estimators": ["half"], "expect": "biased", "seed": 3 }] }`;

/** Of two tests the second fails. */
const severalChecks = `{
  "checks": [
    { "model": "bent.ts", "estimators": ["lr"], "expect": "unbiased" },
    { "model": "bent.ts", "estimators": ["half"], "expect": "unbiased" }
  ]
}`;

/** Draws that go on for hours. */
const slowChecks = `{
  "checks": [{ "model": "bent.ts", "estimators": ["rebar"], "expect": "unbiased", "margin": 1e-6, "draws": 1000000000 }]
}`;

describe("the Testing view", function () {
  this.timeout(600_000);
  let api: ExtensionApi;
  let runs: RecordedRun[];
  const folder = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  const models = join(folder, "models");
  const bent = join(models, "bent.ts");
  const checksFile = join(models, "gradlens.checks.json");
  const severalFile = join(models, "several.gradlens.checks.json");
  const slowFile = join(models, "slow.gradlens.checks.json");
  const itemOf = (file: string): vscode.TestItem | undefined =>
    api.tests.controller.items.get(vscode.Uri.file(file).toString());

  before(async () => {
    api = await activateExtension();
    cpSync(join(root, "test", "fixtures", "models", "bent.ts"), bent);
    writeFileSync(checksFile, checks);
    writeFileSync(severalFile, severalChecks);
    writeFileSync(slowFile, slowChecks);
    runs = recordTestRuns(api.tests.controller);
    await vscode.commands.executeCommand("testing.refreshTests");
    await eventually(() => itemOf(bent), "the file's item");
  });

  after(async () => {
    await vscode.commands.executeCommand("testing.stopContinuousRun");
    await vscode.debug.stopDebugging();
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  /** Puts the cursor before the first place of a text. */
  async function cursorAt(file: string, text: string): Promise<vscode.TextEditor> {
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(file));
    const { document } = editor;
    const at = document.positionAt(document.getText().indexOf(text));
    editor.selection = new vscode.Selection(at, at);
    return editor;
  }

  /** A run that a command starts. Items reach the editor a moment after they are made: until then its commands find no test and do nothing. */
  async function begun(command: string): Promise<RecordedRun> {
    const index = runs.length;
    return eventually(async () => {
      let isDone = false;
      void vscode.commands.executeCommand(command).then(() => (isDone = true));
      await eventually(() => isDone || runs.length > index, `the end of ${command}, or a run by it`);
      return runs[index];
    }, `a run by ${command}`);
  }

  const ended = (run: RecordedRun): Promise<RecordedRun> =>
    eventually(() => (run.hasEnded ? run : undefined), "the end of the run");

  it("runs the model's own estimator of a file, and says where and by how much it fails", async () => {
    await cursorAt(bent, '"bent"');
    const { states, messages } = await ended(await begun("testing.runCurrentFile"));
    const own = `${vscode.Uri.file(bent)}#default`;
    assert.deepEqual(states, { [own]: "failed" });
    const [message] = messages;
    const text = (message?.message as vscode.MarkdownString).value;
    assert.match(text, /biased at prior: 0\.160/);
    assert.match(text, /!\[Interval beside the margin 0\.1 %\]\(data:image\/svg\+xml;base64,/);
    assert.equal(message?.location?.range.start.line, 6);
  });

  it("debugs what a test measures, with its estimator and seed, and keeps its last verdict", async () => {
    await cursorAt(checksFile, "half");
    const run = await begun("testing.debugAtCursor");
    const session = await eventually(() => vscode.debug.activeDebugSession, "a debug session");
    const { program, estimator, seed } = session.configuration;
    assert.deepEqual({ program, estimator, seed }, { program: bent, estimator: "half", seed: 3 });
    const frame = await eventually(() => vscode.debug.activeStackItem, "a stop");
    const { stackFrames } = await session.customRequest("stackTrace", { threadId: frame.threadId });
    assert.equal(stackFrames.at(-1).name, "training step 0");
    assert.equal(api.session.snapshot?.estimator, "half");
    await vscode.debug.stopDebugging(session);
    const { states } = await ended(run);
    assert.deepEqual(Object.values(states), ["started"]);
  });

  it("debugs one of several tests, the first that failed", async () => {
    await cursorAt(severalFile, "half");
    const { states } = await ended(await begun("testing.runCurrentFile"));
    assert.deepEqual(Object.values(states).sort(), ["failed", "passed"]);
    const run = await begun("testing.debugCurrentFile");
    const session = await eventually(() => vscode.debug.activeDebugSession, "a debug session");
    assert.equal(session.configuration["estimator"], "half");
    await eventually(() => vscode.debug.activeStackItem, "a stop");
    await vscode.debug.stopDebugging(session);
    await ended(run);
    assert.deepEqual(Object.values(run.states), ["started"]);
    assert.equal(vscode.debug.activeDebugSession, undefined);
  });

  it("cancels a test whose draws go on", async () => {
    await cursorAt(slowFile, "rebar");
    const run = await begun("testing.runAtCursor");
    await eventually(() => Object.values(run.states).includes("started"), "the start");
    await vscode.commands.executeCommand("testing.cancelRun");
    const { states } = await ended(run);
    assert.deepEqual(Object.values(states), ["skipped"]);
  });

  it("runs watched tests again when their file is saved", async () => {
    rmSync(slowFile);
    await eventually(() => itemOf(slowFile) === undefined, "that a deleted file's item goes");
    const editor = await cursorAt(bent, '"bent"');
    await vscode.commands.executeCommand("testing.startContinuousRun");
    const source = editor.document.getText();
    const at = editor.document.positionAt(source.indexOf('"straight-through"'));
    await editor.edit((edit) => edit.replace(new vscode.Range(at, at.translate(0, 18)), '"muprop"'));
    await editor.document.save();
    const { states } = await eventually(
      () => runs.find(({ states }) => states[`${vscode.Uri.file(bent)}#default`] === "passed"),
      "a passed test",
    );
    assert.equal(states[`${vscode.Uri.file(bent)}#default`], "passed");
  });
});
