import assert from "node:assert/strict";
import { test } from "node:test";
import { reproductionReport } from "../../../cli/reproductionReport";
import { GradlensError } from "../../../core/errors";
import type { Reproduction, Row } from "../../../core/reproductions/reproduction";
import { type ReproductionAnswer, runReproduction } from "../../../core/reproductions/runReproduction";

const reads = (name: string, value: number | null): Row => ({
  labels: { name },
  dataset: null,
  run: () =>
    value === null
      ? Promise.reject(new GradlensError("GL1900", `${name} has no finite loss`))
      : Promise.resolve([{ quantity: "loss", step: null, value, standardError: 0.5 }]),
});

const reproduction = (rows: readonly Row[]): Reproduction => ({
  ...{ id: "test", title: "A table", where: "table 1", setting: "none", paperBudget: "none", rows, notes: [] },
  paper: { seed: 1, authors: "Nobody", title: "Nothing", year: 2020 },
  budgets: { small: { runs: 1 }, full: { runs: 1 } },
  quantities: [{ id: "loss", title: "loss, nats" }],
  claims: [
    {
      text: "First below last.",
      check: (results) => ({ holds: results.last("loss", { name: "a" })!.value < 3, why: "" }),
    },
  ],
});

function runRows(rows: readonly Row[], told: string[] = []): Promise<ReproductionAnswer> {
  return runReproduction(reproduction(rows), {
    ...{ budget: { runs: 2 }, seed: 0, dataset: undefined, dataFolder: undefined, only: [], examples: "" },
    stopped: () => false,
    started: () => undefined,
    progress: ({ row, text, finished }) => void (finished && told.push(`${row}: ${text}`)),
  });
}

test("a row that fails is told in its place, and the others go on", async () => {
  const told: string[] = [];
  const rows = [reads("a", 1), reads("b", null), reads("c", 3)];
  const answer = await runRows(rows, told);
  assert.equal(answer.finishedRuns, 4);
  assert.deepEqual(
    answer.failures.map(({ labels, seed, message }) => [labels["name"], seed, message]),
    [0, 1].map((seed) => ["b", seed, "b has no finite loss"]),
  );
  assert.deepEqual(
    answer.results.entries.map(({ measured }) => measured?.value ?? null),
    [1, null, 3],
  );
  assert.deepEqual(told.slice(0, 3), ["name a: finished", "name b: failed: b has no finite loss", "name c: finished"]);
  const report = reproductionReport(
    reproduction(rows),
    answer,
    { runs: 2 },
    { budget: "small", seed: 0, backend: "cpu" },
  );
  assert.match(report, /^failed: name b, seed 1: b has no finite loss$/m);
  assert.match(report, /^b +failed$/m);
  assert.doesNotMatch(report, /ended after|not run/);
  assert.match(report, /^holds: "First below last."/m);
});

test("where every row fails the first reason is thrown", async () => {
  await assert.rejects(runRows([reads("a", null), reads("b", null)]), /a has no finite loss/);
});
