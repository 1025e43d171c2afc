import assert from "node:assert/strict";
import * as vscode from "vscode";

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string; readonly category?: string }[] };
}

describe("the extension's manifest", () => {
  const extension = vscode.extensions.getExtension<unknown>("gradient-lens.gradlens");

  before(async () => {
    assert.ok(extension, "the host does not know the extension");
    await extension.activate();
  });

  it("names only commands that are registered", async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes } = extension?.packageJSON as Manifest;
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });

  it("gives every command the category Gradient Lens", () => {
    const { contributes } = extension?.packageJSON as Manifest;
    assert.deepEqual(
      contributes.commands.filter(({ category }) => category !== "Gradient Lens"),
      [],
    );
  });
});
