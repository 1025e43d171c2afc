import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { run } from "../../../cli/run";
import { answer, gradlens, refusal, temporaryFolder } from "./support";
import { reproduction } from "../../../core/reproductions/registry";

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
const withoutData = process.env["GRADLENS_DATA"] === undefined ? "GRADLENS_DATA names no folder of data" : false;

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

test("seed 4's Gaussian starts at the closed form of its divergence", async () => {
  const { rows } = await answer<Table>("reproduce", "seed4-figure1", "--steps", "2", "--runs", "1", "--draws", "4");
  // KL(N(0, 1) ‖ N(±1, s²)) = Σ ln s + (1 + 1)/(2 s²) − ½ with ln s evenly from ln ½ to ln 2.
  const exact = Array.from({ length: 100 }, (_, i) => 0.5 * 4 ** (i / 99)).reduce(
    (sum, s) => sum + Math.log(s) + 1 / s ** 2 - 0.5,
    0,
  );
  for (const { measured } of rows.filter(({ quantity, step }) => quantity === "loss" && step === 0))
    assert.ok(Math.abs(measured!.value - exact) < 6 * measured!.standardError!, `${measured!.value}, ${exact}`);
});

test("seed 4's table stands beside its printed numbers, by its other name and on other data, too", async () => {
  const asked = ["reproduce", "seed4-table1", "--only", "MNIST, layers 1, k 1,", "--dataset", "digits-binarized"];
  const tiny = ["--steps", "1", "--examples", "3", "--likelihood", "2"];
  const { table, rows } = await answer<Table>(...asked, ...tiny);
  assert.equal(table, "seed4-table2");
  assert.deepEqual(
    rows.map(({ labels, published }) => [labels["gradient"], published?.value]),
    [
      ["total", 86.76],
      ["path", 86.4],
    ],
  );
  for (const { measured } of rows) assert.ok(measured!.value > 0 && measured!.standardError! > 0);
  const { out } = await gradlens(...asked, ...tiny);
  assert.match(out, /digits-binarized instead of the paper's data: published numbers do not compare/);
});

test("seed 3's tables hold a row for every printed number, which stands beside a measured one", async () => {
  const tiny = ["--steps", "1", "--examples", "2", "--likelihood", "2", "--dataset", "digits-binarized"];
  const only = ["--only", "MNIST, model Cat. VAE, estimator Gumbel-softmax"];
  const { rows, claims } = await answer<Table>("reproduce", "seed3-table2", ...only, ...tiny);
  assert.deepEqual(
    rows.map(({ published }) => published?.value),
    [122.97],
  );
  assert.ok(rows[0]!.measured!.value > 0);
  assert.equal(claims[0]!.holds, null);
  const printed = (id: string): number[] => reproduction(id).rows.map(({ published }) => published!["test-nll"]!.value);
  assert.equal(printed("seed3-table1").length, 30);
  assert.equal(printed("seed3-table2").length, 16);
});

test("seed 3's regression reads bound, variance and accuracy", { skip: withoutData }, async () => {
  const asked = ["reproduce", "seed3-figure3", "--steps", "1", "--runs", "1", "--only", "pathwise"];
  const { rows } = await answer<Table>(...asked, "--data", process.env["GRADLENS_DATA"]!);
  const at = (quantity: string): number =>
    rows.find((row) => row.quantity === quantity && row.step === 0)!.measured!.value;
  // At location 0 every score is 0, which is taken for benign: 357 of 569. The divergence is 30 (b − ln b − 1) at b = 1/e.
  assert.equal(at("accuracy"), 357 / 569);
  assert.ok(at("loss") > 30 * Math.exp(-1) + Math.LN2 && Number.isFinite(at("ln-variance")));
});

test("missing data is refused before anything is trained", async () => {
  const line = await refusal(2, "reproduce", "seed3-figure3", "--data", `${folder}/nowhere`);
  assert.match(line, /the data folder .* does not exist/);
  assert.match(await refusal(1, "reproduce", "seed3-figure3", "--data", folder), /expected wdbc.data in/);
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
  assert.match(
    await refusal(2, "reproduce", "seed9-table1"),
    /table "seed9-table1" does not exist( \(did you mean [a-z0-9-]+\?\))?; choose one of seed1-table2/,
  );
  assert.match(await refusal(2, "reproduce", "seed3-figure1", "--only", "nobody"), /no row that holds "nobody"/);
  assert.match(await refusal(2, "reproduce", "seed3-figure1", "--epochs", "2"), /has no epochs; use --steps/);
  assert.match(await refusal(2, "reproduce", "seed3-figure1", "--budget", "huge"), /small, full/);
  writeFileSync(`${folder}/other.jsonl`, '{"a":1}\n');
  const other = ["reproduce", "seed3-figure1", "--steps", "1", "--results", `${folder}/other.jsonl`];
  assert.match(await refusal(2, ...other), /holds no finished runs of a reproduction/);
});
