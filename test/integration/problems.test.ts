import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import * as vscode from "vscode";
import type { ExtensionApi } from "../../extension/extension";
import { activateExtension, configure, eventually, modelFolder } from "./support/extension";

const biased = `import { bernoulli, cost, defineModel, parameter, sample, tf } from "gradlens";

export default defineModel("biased", () => {
  const theta = parameter("theta", [0.3]);
  return {
    program() {
      const h = sample("h", bernoulli({ logits: theta }), { estimator: "half" });
      cost("f", tf.exp(tf.sum(h, -1)));
    },
  };
});
`;

describe("the Problems panel", function () {
  this.timeout(600_000);
  let api: ExtensionApi;
  let models: Awaited<ReturnType<typeof modelFolder>>;
  let document: vscode.TextDocument;

  const diagnostics = (): readonly vscode.Diagnostic[] => vscode.languages.getDiagnostics(document.uri);
  const ours = (): readonly vscode.Diagnostic[] => diagnostics().filter(({ source }) => source === "Gradient Lens");
  const write = async (text: string): Promise<void> => {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.ok(await document.save());
  };

  before(async () => {
    api = await activateExtension();
    models = await modelFolder();
    writeFileSync(models.file("biased.ts"), biased);
    document = await vscode.workspace.openTextDocument(models.file("biased.ts"));
    await vscode.window.showTextDocument(document);
  });

  after(async () => {
    await configure("lint.enabled", undefined);
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    models.remove();
  });

  it("shows a lint at its line as soon as a model file is shown, with a link to its page", async () => {
    const [found] = await eventually(() => (ours().length === 1 ? ours() : null), "the lint");
    assert.equal(found!.severity, vscode.DiagnosticSeverity.Warning);
    assert.match(found!.message, /^Half at node "h" is biased/);
    assert.equal(
      document.getText(found!.range),
      'const h = sample("h", bernoulli({ logits: theta }), { estimator: "half" });',
    );
    const { value, target } = found!.code as { value: string; target: vscode.Uri };
    assert.equal(value, "biased-estimator");
    const line = readFileSync(target.fsPath, "utf8").split("\n")[Number(target.fragment.slice(1)) - 1];
    assert.equal(line, "## biased-estimator");
  });

  it("takes it away when the file is mended and saved", async () => {
    await write(biased.replace('"half"', '"lr"'));
    await eventually(() => ours().length === 0, "the lint to go");
  });

  it("mends a lint by its preferred quick fix, and the lint goes", async () => {
    await write(biased.replace("{ estimator: ", "{ /* why */ estimator: "));
    const [found] = await eventually(() => (ours().length === 1 ? ours() : null), "the lint again");
    const actions = async (): Promise<vscode.CodeAction[]> => {
      const all = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        "vscode.executeCodeActionProvider",
        document.uri,
        found!.range,
        vscode.CodeActionKind.QuickFix.value,
      );
      return all.filter(({ title }) => title.startsWith("Use "));
    };
    const [preferred, ...others] = await actions();
    assert.equal(preferred!.title, 'Use "muprop-c" at node "h"');
    assert.equal(preferred!.isPreferred, true);
    assert.ok(others.every(({ isPreferred }) => !isPreferred));
    assert.ok(await vscode.workspace.applyEdit(preferred!.edit!));
    assert.match(
      document.getText(),
      /sample\("h", bernoulli\({ logits: theta }\), { \/\* why \*\/ estimator: "muprop-c" }\);/,
    );
    assert.deepEqual(await actions(), [], "no fix for a text that has changed since");
    assert.ok(await document.save());
    await eventually(() => ours().length === 0, "the lint to go");
  });

  it("shows what keeps a model from being built, as an error at its line", async () => {
    await write(biased.replace("parameter(", "parameter(("));
    const [broken] = await eventually(() => (ours().length === 1 ? ours() : null), "the syntax error");
    assert.equal(broken!.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(broken!.range.start.line, 3);
    await write(biased.replace("tf.exp(", "tf.exq("));
    const [thrown] = await eventually(
      () => (ours().length === 1 && ours()[0]!.code === "GL1509" ? ours() : null),
      "what the model throws",
    );
    assert.equal(thrown!.range.start.line, 7);
    assert.doesNotMatch(thrown!.message, /biased\.ts/);
  });

  it("ends an engine that a loop without an end blocks, says so at the file, and goes on", async () => {
    const before = api.client.processId;
    await write(biased.replace("program() {", "program() {\n      for (;;);"));
    const [endless] = await eventually(
      () => (ours().length === 1 && ours()[0]!.code === "GL8005" ? ours() : null),
      "the loop to be told of",
      120_000,
    );
    assert.match(endless!.message, /^The model's text did not come to an end within 20 s/);
    await write(biased);
    await eventually(() => (ours()[0]?.code === "GL8005" ? null : ours().length === 1), "the lint of the mended file");
    assert.notEqual(api.client.processId, before);
  });

  it("is off when the setting says so", async () => {
    await configure("lint.enabled", false);
    await eventually(() => ours().length === 0, "nothing to be shown");
    await configure("lint.enabled", undefined);
    await eventually(() => ours().length === 1, "the lint again");
  });

  it("shows what training has made of a model while it trains", async () => {
    await write(
      biased
        .replace('"half"', '"lr"')
        .replace("[0.3]", "[9]")
        .replace("\n});\n", '\n}, { optimizer: { id: "sgd", learningRate: 1e-9 } });\n'),
    );
    await eventually(() => ours().length === 0, "the error to go");
    await api.session.train({ file: document.uri.fsPath, runFolder: models.runs, steps: 1_000_000 });
    const found = await eventually(() => (ours().length > 0 ? ours() : null), "lints of the run");
    assert.deepEqual(found.map(({ code }) => (code as { value: string }).value).sort(), [
      "collapsed-entropy",
      "saturated-units",
    ]);
    await api.session.stop();
  });
});
