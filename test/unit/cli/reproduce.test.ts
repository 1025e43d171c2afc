import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { run } from "../../../cli/run";
import { answer, gradlens, refusal, temporaryFolder } from "./support";

interface Table {
  readonly table: string;
  readonly complete: boolean;
  readonly finishedRuns: number;
  readonly allRuns: number;
  readonly rows: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly quantity: string;
    readonly step: number | null;
    readonly published: { readonly value: number } | null;
    readonly measured: { readonly value: number; readonly standardError: number | null; readonly runs: number } | null;
  }[];
  readonly claims: readonly { readonly holds: boolean | null }[];
}

const folder = temporaryFolder();

test("without a table the list tells every id, its place and its data", async () => {
  const { reproductions } = await answer<{
    reproductions: { id: string; where: string; datasets: string[]; budgets: object }[];
  }>("reproduce");
  const figure = reproductions.find(({ id }) => id === "seed3-figure1");
  assert.deepEqual([figure?.where, figure?.datasets], ["figure 1", []]);
  assert.equal(new Set(reproductions.map(({ id }) => id)).size, reproductions.length);
  const { out } = await gradlens("reproduce");
  for (const { id } of reproductions) assert.match(out, new RegExp(`^${id} `, "m"));
});

test("figure 1 of seed 3 starts at the closed form of its loss at d = 1 and 10", async () => {
  for (const d of [1, 10]) {
    const tiny = ["--steps", "4", "--runs", "2", "--draws", "20", "--only", `d ${d},`];
    const { rows, complete, claims } = await answer<Table>("reproduce", "seed3-figure1", ...tiny);
    assert.equal(complete, true);
    assert.deepEqual(
      claims.map(({ holds }) => holds),
      [null, null],
    );
    const start = rows.filter(
      ({ labels, quantity, step }) => labels["d"] === String(d) && quantity === "loss" && step === 0,
    );
    assert.equal(start.length, 4);
    // k μ² + (k μ − 0.49)² at k = μ = 1. A draw's standard deviation is 3.1 √d, two runs of 10 000 draws: 5 of theirs.
    for (const { measured } of start)
      assert.ok(Math.abs(measured!.value - 1.2601 * d) < 5 * 3.1 * Math.sqrt(d / 20_000), `${measured!.value} at ${d}`);
  }
});

test("--only runs some rows; finished runs are kept and taken up again", async () => {
  const file = `${folder}/runs.jsonl`;
  const one = ["reproduce", "seed3-figure2", "--steps", "3", "--draws", "4", "--runs", "1", "--only", "d 1,"];
  const first = await answer<Table>(...one, "--only", "estimator lr", "--results", file);
  assert.deepEqual(new Set(first.rows.map(({ labels }) => labels["estimator"])), new Set(["lr"]));
  assert.equal(readFileSync(file, "utf8").trimEnd().split("\n").length, 1);
  // What the file says is believed, so a changed number comes back.
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(
      /"quantity":"loss","step":3,"value":[\d.]+/,
      '"quantity":"loss","step":3,"value":77',
    ),
  );
  const again = await answer<Table>(...one, "--results", file);
  const loss = (estimator: string): number | undefined =>
    again.rows.find(
      ({ labels, quantity, step }) => labels["estimator"] === estimator && quantity === "loss" && step === 3,
    )?.measured?.value;
  assert.equal(loss("lr"), 77);
  assert.ok((loss("gsb") ?? 77) < 1);
  assert.equal(readFileSync(file, "utf8").trimEnd().split("\n").length, 4);
});

test("Ctrl-C ends it, and what is finished is printed with the rest marked", async () => {
  let stop = (): void => undefined;
  let out = "";
  const exitCode = await run(
    ["reproduce", "seed3-figure1", "--steps", "5", "--draws", "4", "--runs", "1", "--backend", "cpu"],
    {
      out: (text) => void (out += text),
      err: (text) => void (/finished$/.test(text) && stop()),
      status: () => undefined,
      onInterrupt(wanted) {
        stop = wanted;
        return () => undefined;
      },
    },
  );
  assert.equal(exitCode, 130);
  assert.match(out, /ended after 1 of 12 runs: rows without a number were not run/);
  assert.match(out, /cannot tell/);
});

test("what does not exist is refused in one sentence", async () => {
  assert.match(await refusal(2, "reproduce", "seed9-table1"), /no table "seed9-table1"; choose one of seed3-figure1/);
  assert.match(await refusal(2, "reproduce", "seed3-figure1", "--only", "nobody"), /no row that holds "nobody"/);
  assert.match(await refusal(2, "reproduce", "seed3-figure1", "--epochs", "2"), /has no epochs; use --steps/);
  assert.match(await refusal(2, "reproduce", "seed3-figure1", "--budget", "huge"), /small, full/);
  writeFileSync(`${folder}/other.jsonl`, '{"a":1}\n');
  const other = ["reproduce", "seed3-figure1", "--steps", "1", "--results", `${folder}/other.jsonl`];
  assert.match(await refusal(2, ...other), /holds no finished runs of a reproduction/);
});
