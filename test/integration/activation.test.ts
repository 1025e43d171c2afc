import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { ExtensionApi } from "../../extension/extension";
import { activateExtension, root } from "./support/extension";

describe("activation", () => {
  let api: ExtensionApi;

  before(async () => {
    api = await activateExtension();
  });

  it("registers and starts nothing", () => {
    console.log(
      `      activated in ${api.activationMs.toFixed(1)} ms, VS Code ${vscode.version}, Node ${process.versions.node}`,
    );
    assert.equal(api.client.state, "stopped");
    assert.equal(api.client.processId, undefined);
    assert.equal(api.session.snapshot, null);
  });

  it("loads a bundle without TensorFlow.js", () => {
    const bundle = readFileSync(join(root, "dist", "extension.js"), "utf8");
    assert.doesNotMatch(bundle, /@tensorflow\/|tfjs/);
    assert.ok(bundle.length < 300_000, `${bundle.length} bytes`);
  });

  it("steers no run while there is none, and says what to do", async () => {
    for (const command of ["pause", "resume", "stop"]) await vscode.commands.executeCommand(`gradlens.${command}`);
    assert.equal(api.client.state, "stopped");
  });
});
