import assert from "node:assert/strict";
import { after, test } from "node:test";
import { tf } from "../../../core/backends/tf";
import { rateOfCheck } from "../../../core/engine/biasWatch";
import { checkBias } from "../../../core/engine/checkBias";
import { subjectOfRun } from "../../../core/engine/checkSubject";
import type { TrainingRun } from "../../../core/engine/run";
import { readEvents } from "../../../core/engine/runFolder";
import type { BiasRecord } from "../../../core/protocol/bias";
import { start, twoLayerModel, Workspace } from "./support";

const workspace = new Workspace();
after(() => workspace.remove());

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((next) => setImmediate(next));
};

const slices = { signal: new AbortController().signal, onProgress: () => undefined, busy: () => false };

const verdictsOf = (folder: string): BiasRecord[] =>
  readEvents(folder).flatMap(({ type, ...record }) => (type === "biasCheck" ? [record as unknown as BiasRecord] : []));

/** The parameters that a run comes to after so many steps, checked by themselves. */
async function checkAt(file: string, estimator: string, step: number, alpha: number): Promise<BiasRecord> {
  const run = await start({ file, estimator, steps: step });
  await run.run();
  const subject = subjectOfRun(run);
  try {
    return await checkBias(subject, { alpha }, slices);
  } finally {
    subject.dispose();
    run.dispose();
  }
}

async function trained(run: TrainingRun): Promise<void> {
  await run.run();
  run.dispose();
}

test("each check beside training is about the parameters of one step: its numbers are those of a check at that step alone", async () => {
  for (const estimator of ["gumbel-softmax", "lr"]) {
    const folder = workspace.path(`fixed-${estimator}`);
    const file = workspace.model(`fixed-${estimator}`, twoLayerModel(`{}`));
    const run = await start({
      file,
      estimator,
      steps: 400,
      runFolder: folder,
      diagnosticsInterval: 1,
      biasChecks: "continuous",
    });
    await trained(run);
    const records = verdictsOf(folder);
    assert.ok(records.length >= 3, `${records.length} checks`);
    for (const { step, beside, elapsedMs: _, ...record } of [records[0]!, records[2]!]) {
      const rate = rateOfCheck(beside!.check);
      const { elapsedMs: __, ...alone } = await checkAt(file, estimator, step, rate);
      assert.deepEqual({ ...record, step }, { ...alone, at: "run" });
      assert.equal(record.level, record.method === "enumeration" ? null : 1 - rate);
      assert.equal(beside!.level, 0.95);
    }
    assert.deepEqual(
      records.map(({ beside }) => beside!.check),
      records.map((_, r) => r),
    );
    for (const [i, { step, beside }] of records.entries()) {
      assert.ok(beside!.until >= step);
      if (i > 0) assert.ok(step >= records[i - 1]!.beside!.until, "a check begins when the one before has ended");
    }
  }
});

test("checks that were asked for are made at those steps, and come to an end with the run", async () => {
  const folder = workspace.path("asked");
  const file = workspace.model("asked", twoLayerModel(`{ estimator: "straight-through" }`));
  const run = await start({ file, steps: 30, runFolder: folder, diagnosticsInterval: 10, biasChecks: [5, 6, 29] });
  await trained(run);
  const records = verdictsOf(folder);
  assert.deepEqual(
    records.map(({ step }) => step),
    [5, 6, 29],
  );
  for (const { verdict } of records) assert.equal(verdict, "biased");
});

test("switched on and off while it trains, with another estimator, and at the end, checks leave no tensor behind", async (t) => {
  const file = workspace.model("switched", twoLayerModel(`{ estimator: "gumbel-softmax" }`));
  const run = await start({ file, steps: 1_000_000, diagnosticsInterval: 1 });
  const ended = run.run();
  t.after(async () => {
    run.stop();
    await ended;
    run.dispose();
  });
  await until(() => run.snapshot.step > 20);
  const before = tf.memory().numTensors;
  assert.equal(run.snapshot.biasWatch, undefined);
  run.watchBias(true);
  await until(() => (run.snapshot.biasWatch?.checks.length ?? 0) > 0);
  const [first] = run.snapshot.biasWatch!.checks;
  assert.equal(first!.estimator, "gumbel-softmax");
  assert.ok(run.snapshot.bias!.beside!.check <= run.snapshot.biasWatch!.checks.length);
  run.setEstimator("muprop");
  await until(() => run.snapshot.biasWatch!.checks.some(({ estimator }) => estimator === "muprop"));
  assert.equal(run.snapshot.biasWatch!.checks.at(-1)!.verdict, "unbiased");
  run.watchBias(false);
  assert.equal(run.snapshot.biasWatch!.on, false);
  assert.equal(run.snapshot.biasWatch!.current, null);
  const { length } = run.snapshot.biasWatch!.checks;
  const { step } = run.snapshot;
  await until(() => run.snapshot.step > step + 20);
  assert.equal(run.snapshot.biasWatch!.checks.length, length);
  assert.equal(tf.memory().numTensors, before);
});

test("a resumed run goes on counting its checks, so that all of them together keep to one rate", async () => {
  const folder = workspace.path("resumed");
  const file = workspace.model("resumed", twoLayerModel(`{ estimator: "gumbel-softmax" }`));
  const options = { diagnosticsInterval: 1, biasChecks: "continuous" } as const;
  await trained(await start({ file, steps: 60, runFolder: folder, ...options }));
  const before = readEvents(folder).filter(({ type }) => type === "biasCheckBegun").length;
  const run = await start({ file, resume: folder, steps: 120, ...options });
  assert.equal(run.snapshot.biasWatch!.checks.length, verdictsOf(folder).length);
  await trained(run);
  const begun = readEvents(folder).flatMap((event) => (event.type === "biasCheckBegun" ? [event["check"]] : []));
  assert.ok(begun.length > before);
  assert.deepEqual(
    begun,
    begun.map((_, r) => r),
  );
});

test("what cannot be checked says why, and the run goes on", async () => {
  const file = workspace.model("none", twoLayerModel(`{ estimator: "lr" }`));
  const run = await start({ file, steps: 1_000_000, diagnosticsInterval: 0 });
  const ended = run.run();
  run.watchBias(true);
  assert.match(run.snapshot.biasWatch!.refusal!, /budget of diagnostics, which are off/);
  assert.equal(run.snapshot.biasWatch!.on, false);
  run.stop();
  assert.equal((await ended).state, "stopped");
  run.dispose();
  for (const [given, reason] of [
    [{ biasChecks: [0] }, /whole steps above 0, got 0/],
    [{ biasChecks: "continuous", diagnosticsInterval: 0 }, /diagnostics, which are off/],
  ] as const)
    await assert.rejects(start({ file, ...given }), { code: "GL1634", message: reason });
});
