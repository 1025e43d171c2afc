import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as vscode from "vscode";
import { trainWithDefaults } from "../../extension/commands/train";
import type { ExtensionApi } from "../../extension/extension";
import { readRun } from "../../extension/run/runFolder";
import { activateExtension, eventually, modelFolder } from "./support/extension";

describe("training from the editor", function () {
  this.timeout(600_000);
  let api: ExtensionApi;
  let models: Awaited<ReturnType<typeof modelFolder>>;

  before(async () => {
    api = await activateExtension();
    models = await modelFolder();
  });

  after(async () => {
    const state = api.session.snapshot?.state;
    if (state === "running" || state === "paused") await api.session.stop();
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    models.remove();
  });

  const runs = (): boolean => api.session.snapshot?.state === "running" && api.session.snapshot.step > 0;

  it("asks for export, estimator and data set, and trains with the first of each", async () => {
    const uri = vscode.Uri.file(models.file("tinyNet.ts"));
    await vscode.window.showTextDocument(uri);
    let settled = false;
    const command = vscode.commands.executeCommand("gradlens.train", uri).then(() => (settled = true));
    await eventually(async () => {
      if (!settled) await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      return settled;
    }, "the start of training");
    await command;
    await eventually(runs, "the first step");
    const { snapshot } = api.session;
    assert.equal(snapshot?.model, "tiny-net");
    assert.equal(snapshot?.estimator, "lr");
    assert.notEqual(api.client.processId, process.pid);
    assert.equal(api.client.state, "ready");
  });

  it("measures the variance of every parameter, with an interval and degrees of freedom", async () => {
    const record = await eventually(() => api.session.snapshot?.variance.at(-1), "a variance record");
    assert.deepEqual(record.parameters.map(({ name }) => name).sort(), ["head/bias", "head/weight", "prior"]);
    const known = await eventually(
      () =>
        api.session.snapshot?.variance.at(-1)?.parameters.find(({ name, interval }) => name === "prior" && interval),
      "a known variance",
    );
    assert.ok(known.monteCarlo !== null && known.monteCarlo > 0);
    assert.ok(known.interval && known.interval[0] <= known.monteCarlo && known.monteCarlo <= known.interval[1]);
    assert.ok(known.degreesOfFreedom > 0);
  });

  it("hydrates the panels and takes their wishes", async () => {
    const ready = new Promise<void>((resolve) => {
      const subscription = api.panels.onDidReceive(({ type }) => {
        if (type !== "ready") return;
        subscription.dispose();
        resolve();
      });
    });
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await vscode.commands.executeCommand("gradlens.showPanels");
    await ready;
    const tabs = vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all);
    assert.ok(tabs.some(({ input }) => input instanceof vscode.TabInputWebview));
  });

  it("pauses, resumes and changes the estimator without a restart", async () => {
    const engine = api.client.processId;
    await vscode.commands.executeCommand("gradlens.pause");
    assert.equal(api.session.snapshot?.state, "paused");
    await vscode.commands.executeCommand("gradlens.resume");
    await eventually(runs, "the next step");
    const step = api.session.snapshot.step;
    await api.session.setEstimator("lr-c");
    await eventually(() => (api.session.snapshot?.step ?? 0) > step, "a step with the new estimator");
    assert.equal(api.session.snapshot.estimator, "lr-c");
    assert.equal(api.session.snapshot.changes.at(-1)?.estimator, "lr-c");
    assert.equal(api.client.processId, engine);
  });

  it("sees the engine die, keeps what was logged, starts it again and resumes from the checkpoint", async () => {
    const { snapshot } = api.session;
    const engine = api.client.processId;
    assert.ok(snapshot && engine !== undefined);
    const folder = snapshot.runFolder;
    assert.ok(folder !== null && folder.startsWith(models.runs), String(folder));
    // A paused run has written everything down, so that there is something exact to compare with.
    await vscode.commands.executeCommand("gradlens.pause");
    const pausedAt = api.session.snapshot?.step ?? 0;
    await eventually(
      () => readdirSync(`${folder}/checkpoints`).some((name) => name.endsWith(".safetensors")),
      "a checkpoint",
    );
    process.kill(engine, "SIGKILL");
    await eventually(() => api.session.snapshot?.state === "failed", "the news of the crash");
    assert.match(api.session.snapshot?.message ?? "", /signal SIGKILL at step \d+; every logged step is kept/);
    await eventually(() => api.client.state === "ready", "the restart of the engine");
    assert.notEqual(api.client.processId, engine);
    const record = await readRun(folder);
    assert.ok(record?.step !== null && record?.step !== undefined && record.step > 0 && record.step <= pausedAt);
    assert.ok(existsSync(record.file ?? ""), `run.json names ${record.file}`);
    await vscode.commands.executeCommand("gradlens.resumeRun", folder);
    await eventually(runs, "the resumed run");
    assert.equal(api.session.snapshot?.runFolder, folder);
    assert.equal(api.session.snapshot.model, "tiny-net");
  });

  it("goes on by itself after its engine was killed in mid-run", async () => {
    const before = api.client.processId;
    assert.ok(before !== undefined);
    process.kill(before, "SIGKILL");
    await eventually(() => api.session.snapshot?.state === "failed", "the news of the crash");
    await eventually(runs, "the run in a fresh engine");
    assert.notEqual(api.client.processId, before);
  });

  it("stops, and the run folder keeps a log that can be read line by line", async () => {
    await vscode.commands.executeCommand("gradlens.stop");
    const run = api.session.snapshot;
    assert.equal(run?.state, "stopped");
    const log = readFileSync(`${run.runFolder}/events.jsonl`, "utf8").trimEnd().split("\n");
    for (const line of log) assert.doesNotThrow(() => JSON.parse(line) as unknown, line);
    assert.equal(api.client.state, "ready");
  });

  it("says in one sentence what is wrong with a model", async () => {
    await assert.rejects(trainWithDefaults(api.train, models.file("throwing.ts")), (error: unknown) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /this model throws on purpose/);
      assert.doesNotMatch(error.message, /\n|\bat .+:\d+:\d+/);
      return true;
    });
    await assert.rejects(trainWithDefaults(api.train, models.file("missing.ts")), /missing\.ts/);
    assert.equal(api.client.state, "ready");
  });

  it("reports back ends, versions and memory", async () => {
    await vscode.commands.executeCommand("gradlens.diagnoseEngine");
    const text = vscode.window.activeTextEditor?.document.getText() ?? "";
    for (const part of ["# Gradient Lens engine", "| wasm ", "| cpu ", "Tensors: ", "Process id: "])
      assert.ok(text.includes(part), text);
  });

  it("exits with the window: the engine ends when its channel closes", async () => {
    const engine = api.client.processId;
    assert.ok(engine !== undefined);
    api.client.stop();
    await eventually(() => {
      try {
        process.kill(engine, 0);
        return false;
      } catch {
        return true;
      }
    }, "the end of the engine");
    assert.equal(api.client.state, "stopped");
  });
});
