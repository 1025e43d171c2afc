import assert from "node:assert/strict";
import * as vscode from "vscode";
import { trainWithDefaults } from "../../extension/commands/train";
import type { ExtensionApi } from "../../extension/extension";
import { activateExtension, configure, eventually, modelFolder } from "./support/extension";

describe("inline variance", function () {
  this.timeout(600_000);
  let api: ExtensionApi;
  let models: Awaited<ReturnType<typeof modelFolder>>;
  let document: vscode.TextDocument;

  before(async () => {
    api = await activateExtension();
    models = await modelFolder();
    document = await vscode.workspace.openTextDocument(models.file("tinyNet.ts"));
    await vscode.window.showTextDocument(document);
    await trainWithDefaults(api.train, document.uri.fsPath);
    await eventually(() => {
      const texts = api.inline.placed(document).map(({ annotation }) => annotation.text);
      return texts.length === 4 && texts.filter((text) => /variance \d/.test(text)).length === 2;
    }, "numbers at four lines");
  });

  after(async () => {
    await api.session.stop();
    await configure("codeLens.enabled", undefined);
    await configure("inline.enabled", undefined);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    models.remove();
  });

  const places = (): readonly string[] => {
    return api.inline.placed(document).map(({ line }) => document.lineAt(line).text.trim().slice(0, 16));
  };
  const everywhere = ["const prior = pa", "const head = den", "const h = sample", "const y = sample"];

  async function edit(change: (edit: vscode.WorkspaceEdit) => void): Promise<void> {
    const workspaceEdit = new vscode.WorkspaceEdit();
    change(workspaceEdit);
    assert.ok(await vscode.workspace.applyEdit(workspaceEdit));
  }

  it("stands at the lines that declare parameters and draw samples", () => {
    assert.deepEqual(places(), everywhere);
    const [prior, head, h] = api.inline.placed(document).map(({ annotation }) => annotation.text);
    assert.match(prior ?? "", /^variance \S+ \[\S+, \S+\](e-?\d+)? · SNR /);
    assert.match(head ?? "", /weight variance .* bias variance /);
    assert.match(h ?? "", /^lr · [\d.]+ % of the variance upstream$/);
  });

  it("follows its lines while the file is edited, and leaves a line that is edited itself", async () => {
    await edit((change) => change.insert(document.uri, new vscode.Position(0, 0), "// one\n// two\n"));
    assert.deepEqual(places(), everywhere);
    const line = api.inline.placed(document)[0]?.line ?? 0;
    const end = document.lineAt(line).range.end;
    await edit((change) => change.insert(document.uri, end, " // note"));
    assert.deepEqual(places(), everywhere.slice(1));
    await edit((change) => change.delete(document.uri, new vscode.Range(end, end.translate(0, 8))));
    assert.deepEqual(places(), everywhere);
  });

  /** What the hover of a parameter says, once it says all of this. */
  async function hoverOf(name: string, parts: readonly (string | RegExp)[]): Promise<string> {
    const found = api.inline
      .placed(document)
      .find(({ annotation }) => annotation.parameters.some((parameter) => parameter.name === name));
    const position = new vscode.Position(found?.line ?? 0, 10);
    let last = "";
    await eventually(
      async () => {
        const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
          "vscode.executeHoverProvider",
          document.uri,
          position,
        );
        const words = hovers.flatMap(({ contents }) =>
          contents.map((content) => (content as vscode.MarkdownString).value),
        );
        last = words.find((word) => word.includes(`\`${name}\``)) ?? "";
        return parts.every((part) => (typeof part === "string" ? last.includes(part) : part.test(last)));
      },
      `the hover of ${name} with ${parts.join(", ")}`,
      120_000,
    ).catch((error: unknown) => assert.fail(`${String(error)}: ${last}`));
    return last;
  }

  it("tells the whole story on hover", async () => {
    await hoverOf("prior", [
      "Monte Carlo",
      "Data",
      "95 % interval",
      "Degrees of freedom",
      "command:gradlens.showParameter",
    ]);
  });

  it("is a CodeLens only when asked to", async () => {
    const lenses = async (): Promise<readonly string[]> => {
      const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        "vscode.executeCodeLensProvider",
        document.uri,
        50,
      );
      return all.flatMap(({ command }) => (command?.title.includes("variance") ? [command.title] : []));
    };
    assert.deepEqual(await lenses(), []);
    await configure("codeLens.enabled", true);
    assert.equal((await lenses()).length, 4);
  });

  it("is switched by one command", async () => {
    const enabled = (): unknown => vscode.workspace.getConfiguration("gradlens").get("inline.enabled");
    await vscode.commands.executeCommand("gradlens.toggleInline");
    assert.equal(enabled(), false);
    await vscode.commands.executeCommand("gradlens.toggleInline");
    assert.equal(enabled(), true);
  });

  it("says on hover which node's noise causes a parameter's variance", async () => {
    await eventually(() => api.session.snapshot?.attribution, "a measurement of which node's noise it is");
    const text = await hoverOf("prior", [/\d %.* of its Monte Carlo variance comes from the noise of `[hy]`/]);
    const { attribution } = api.session.snapshot!;
    const { nodes } = attribution!.parameters.find(({ name }) => name === "prior")!;
    const most = [...nodes].sort((a, b) => (b.share ?? 0) - (a.share ?? 0))[0]!;
    assert.ok(text.includes(`the noise of \`${most.node}\``), text);
  });
});
