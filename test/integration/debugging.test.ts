import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as vscode from "vscode";
import { activateExtension, eventually, modelFolder } from "./support/extension";

describe("debugging from the editor", function () {
  this.timeout(120_000);
  let models: Awaited<ReturnType<typeof modelFolder>>;

  before(async () => {
    await activateExtension();
    models = await modelFolder();
  });

  after(async () => {
    await vscode.debug.stopDebugging();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    models.remove();
  });

  it("stops at a conditional breakpoint, shows the step's variables and ends", async () => {
    const file = models.file("tinyNet.ts");
    const line = readFileSync(file, "utf8")
      .split("\n")
      .findIndex((text) => text.includes("sample("));
    const uri = vscode.Uri.file(file);
    await vscode.window.showTextDocument(uri);
    const at = new vscode.Location(uri, new vscode.Position(line, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(at, true, "step >= 2")]);
    const configuration = { type: "gradlens", request: "launch", name: "test", program: file };
    assert.ok(await vscode.debug.startDebugging(undefined, configuration));
    const session = await eventually(() => vscode.debug.activeDebugSession, "a debug session");
    const frame = await eventually(() => {
      const item = vscode.debug.activeStackItem;
      return item instanceof vscode.DebugStackFrame ? item : undefined;
    }, "a stop");
    const { stackFrames } = await session.customRequest("stackTrace", { threadId: frame.threadId });
    assert.equal(stackFrames[0].line, line + 1);
    assert.equal(stackFrames.at(-1).name, "training step 2");
    const { scopes } = await session.customRequest("scopes", { frameId: frame.frameId });
    const parameters = scopes.find(({ name }: { name: string }) => name === "Parameters");
    const { variables } = await session.customRequest("variables", parameters);
    assert.match(variables[0].value, /^gradient norm/);
    const ended = new Promise<void>((resolve) => vscode.debug.onDidTerminateDebugSession(() => resolve()));
    await vscode.debug.stopDebugging(session);
    await ended;
  });
});
