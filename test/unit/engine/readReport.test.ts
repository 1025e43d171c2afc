import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { checkBias } from "../../../core/engine/checkBias";
import { subjectOfRun } from "../../../core/engine/checkSubject";
import { readReport } from "../../../core/engine/readReport";
import { readEvents } from "../../../core/engine/runFolder";
import { GradlensError } from "../../../core/errors";
import type { RunSnapshot } from "../../../core/protocol/snapshot";
import { start, twoLayerModel, Workspace } from "./support";

const workspace = new Workspace();
after(() => workspace.remove());

const slices = { signal: new AbortController().signal, busy: () => false, onProgress: () => undefined };

async function trained(
  name: string,
  options: string,
  steps: number,
): Promise<{ folder: string; file: string; last: RunSnapshot }> {
  const folder = workspace.path(`${name}-run`);
  const file = workspace.model(name, twoLayerModel(options));
  const run = await start({ file, steps, diagnosticsInterval: 3, runFolder: folder });
  const last = await run.run();
  run.dispose();
  return { folder, file, last };
}

test("a report has the numbers of the run, all of them", async () => {
  const { folder, file, last } = await trained("numbers", `{ estimator: "muprop-c" }`, 80);
  const report = readReport(folder);
  assert.deepEqual(report.loss, last.loss);
  assert.deepEqual(report.variance, JSON.parse(JSON.stringify(last.variance)));
  assert.deepEqual(report.controlVariates.at(-1), JSON.parse(JSON.stringify(last.controlVariates)));
  assert.ok(report.controlVariates.length > 1);
  assert.deepEqual(report.lints, JSON.parse(JSON.stringify(last.lints)));
  const { run } = report;
  assert.equal(run.state, "finished");
  assert.equal(run.step, 80);
  assert.equal(run.estimator, "muprop-c");
  assert.equal(run.starts.length, 1);
  assert.match(run.starts[0]!.versions!.tensorflow, /^4\./);
  assert.equal(run.starts[0]!.versions!.node, process.version);
  assert.deepEqual(
    report.parameters.map(({ name, shape, source }) => [name, shape, source?.line]),
    [
      ["prior", [3], 5],
      ["head/weight", [3, 2], 6],
      ["head/bias", [2], 6],
    ],
  );
  assert.equal(report.modelText, readFileSync(file, "utf8"));
  assert.deepEqual(
    report.checkpoints.map(({ step }) => step),
    [0, 80],
  );
});

test("a run that was killed has a report up to its last whole line", async () => {
  const { folder } = await trained("killed", `{ estimator: "lr" }`, 20);
  const log = workspace.path("killed-run", "events.jsonl");
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  const upTo = lines.findIndex((line) => line.startsWith('{"type":"loss","step":12,'));
  writeFileSync(log, `${lines.slice(0, upTo + 1).join("\n")}\n{"type":"loss","step":13,"val`);
  const { run, loss } = readReport(folder);
  assert.equal(run.state, "unfinished");
  assert.equal(run.step, 12);
  assert.equal(loss.at(-1)![0], 12);
});

test("steps that a resumed run took again are there once, with a check in between", async () => {
  const folder = workspace.path("resumed-run");
  const file = workspace.model("resumed", twoLayerModel(`{ estimator: "lr" }`));
  const first = await start({ file, steps: 30, runFolder: folder });
  await first.run();
  first.dispose();
  // As an engine leaves it that went on for nine steps after its last checkpoint, then was killed in a check of step 28.
  const later = Array.from({ length: 9 }, (_, i) => JSON.stringify({ type: "loss", step: 31 + i, value: 1 }));
  const check = JSON.stringify({ type: "bias", step: 28, estimator: "lr" });
  appendFileSync(workspace.path("resumed-run", "events.jsonl"), `${[...later, check].join("\n")}\n`);
  const second = await start({ file, steps: 40, resume: folder });
  await second.run();
  second.dispose();
  const { loss, run, bias } = readReport(folder);
  assert.deepEqual(
    loss.map(([step]) => step),
    Array.from({ length: 40 }, (_, i) => i + 1),
  );
  assert.equal(bias.length, 1);
  assert.deepEqual(
    run.starts.map(({ step, backend }) => [step, backend]),
    [
      [0, "cpu"],
      [30, "cpu"],
    ],
  );
});

test("checks made while the run goes on and after its end are in its report", async () => {
  const folder = workspace.path("checked-run");
  const file = workspace.model("checked", twoLayerModel(`{ estimator: "straight-through" }`));
  const run = await start({ file, steps: 5, runFolder: folder });
  await run.run();
  const subject = subjectOfRun(run);
  const bias = await checkBias(subject, {}, slices);
  subject.dispose();
  run.note({ bias });
  assert.ok(readEvents(folder).some(({ type }) => type === "end"));
  run.dispose();
  const report = readReport(folder);
  assert.deepEqual(report.bias, [JSON.parse(JSON.stringify(bias))]);
  assert.equal(report.bias[0]!.verdict, "biased");
  assert.equal(report.run.state, "finished");
});

test("a folder of an earlier version has its shapes from the checkpoint", async () => {
  const { folder } = await trained("earlier", `{ estimator: "lr" }`, 6);
  const manifest = JSON.parse(readFileSync(`${folder}/run.json`, "utf8")) as Record<string, unknown>;
  delete manifest["parameters"];
  delete manifest["versions"];
  writeFileSync(`${folder}/run.json`, JSON.stringify(manifest));
  const { parameters, variance } = readReport(folder);
  assert.deepEqual(
    parameters.map(({ name, shape }) => [name, shape]),
    [
      ["prior", [3]],
      ["head/weight", [3, 2]],
      ["head/bias", [2]],
    ],
  );
  assert.deepEqual(variance.at(-1)!.parameters.find(({ name }) => name === "head/weight")!.shape, [3, 2]);
});

test("what is no run folder is refused in one sentence", () => {
  const refused = (path: string, expected: RegExp): void =>
    assert.throws(
      () => readReport(path),
      (error) => error instanceof GradlensError && expected.test(error.message) && !error.message.includes("\n"),
    );
  refused(workspace.path("nowhere"), /no run folder: run.json is missing/);
  for (const [name, text, expected] of [
    ["text", "hello", /is no JSON/],
    ["list", "[]", /holds no run/],
    ["other", '{"name":"x"}', /no run folder: its run.json has no runId/],
  ] as const) {
    mkdirSync(workspace.path(name));
    writeFileSync(workspace.path(name, "run.json"), text);
    refused(workspace.path(name), expected);
  }
});
