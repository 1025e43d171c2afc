import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import type { RunEvent } from "../../../core/engine/runFolder";
import { readEvents } from "../../../core/engine/runFolder";
import type { Report } from "../../../core/report/report";
import { answer, gradlens, modelFile, refusal, temporaryFolder } from "./support";

const folder = temporaryFolder();
const run = join(folder, "run");
// A name and a text that would break a page that does not escape them.
const text = `import { bernoulli, cost, defineModel, parameter, sample, tf } from "gradlens";
export default defineModel("a <b> & \\"c\\", d", () => {
  const theta = parameter("p,<script>alert(1)</script>", [0.3, -0.2]);
  return { program() {
    const b = sample("b", bernoulli({ logits: theta }));
    cost("f", tf.sum(tf.square(tf.sub(b, 0.45)), -1)); // </pre>
  } };
}, { estimator: "muprop-c" });
`;

before(async () => {
  await gradlens(
    "train",
    modelFile(folder, "model.ts", text),
    "--steps",
    "30",
    "--diagnostics",
    "3",
    "--run-folder",
    run,
  );
});

const variances = (): readonly RunEvent[] => readEvents(run).filter(({ type }) => type === "variance");

test("report writes one page into the run folder, without script, without an address", async () => {
  const { file, format, steps } = await answer<{ file: string; format: string; steps: number }>("report", run);
  assert.equal(file, join(run, "report.html"));
  assert.deepEqual([format, steps], ["html", 30]);
  const page = readFileSync(file, "utf8");
  assert.doesNotMatch(page, /<script|<link|<img|https?:|url\(|@import|javascript:/i);
  assert.ok(page.includes("a &lt;b&gt; &amp; &quot;c&quot;, d: gradient diagnosis"));
  assert.ok(page.includes("// &lt;/pre&gt;"));
  assert.doesNotMatch(page, /NaN|undefined|\[object/);
  assert.equal(page.split("<pre").length, page.split("</pre>").length);
});

test("report --format csv has one row for every parameter and step, with the log's numbers", async () => {
  const out = join(folder, "report.csv");
  await answer("report", run, "--out", out);
  const [head, ...rows] = readFileSync(out, "utf8").trimEnd().split("\r\n");
  const columns = head!.split(",");
  const logged = variances();
  assert.equal(rows.length, logged.length);
  rows.forEach((row, index) => {
    const { step, parameters } = logged[index]!;
    const [entry] = parameters as readonly Record<string, unknown>[];
    const quoted = '"p,<script>alert(1)</script>"'; // the name has a comma
    assert.ok(row.includes(quoted));
    const cells = row.replace(quoted, "name").split(",");
    const cell = (name: string): string => cells[columns.indexOf(name)]!;
    assert.equal(cell("step"), String(step));
    assert.equal(cell("monteCarlo"), entry!["monteCarlo"] === null ? "" : String(entry!["monteCarlo"]));
    assert.equal(cell("snr"), entry!["snr"] === null ? "" : String(entry!["snr"]));
  });
});

test("report --format json holds what run logged, and says its version", async () => {
  const { out } = await gradlens("report", run, "--format", "json", "--out", "-");
  const report = JSON.parse(out) as Report;
  assert.equal(report.kind, "gradlens-report");
  assert.equal(report.version, 1);
  assert.deepEqual(
    report.variance.map(({ step, parameters }) => [step, parameters[0]!.monteCarlo]),
    variances().map(({ step, parameters }) => [step, (parameters as { monteCarlo: number }[])[0]!.monteCarlo]),
  );
  assert.equal(report.modelText, text);
});

test("report --format svg is one picture that needs nothing else", async () => {
  const { out } = await gradlens("report", run, "--format", "svg", "--out", "-");
  assert.match(out, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  assert.doesNotMatch(out.replace("http://www.w3.org/2000/svg", ""), /<script|https?:|NaN/);
});

test("report refuses what it cannot read, write or name", async () => {
  assert.match(await refusal(1, "report", folder), /no run folder: run.json is missing/);
  assert.match(
    await refusal(2, "report", run, "--out", "x.pdf"),
    /expected a file that ends in .html, .json, .csv, .svg, got x.pdf/,
  );
  assert.match(await refusal(2, "report", run, "--format", "pdf"), /Allowed choices are html, json, csv, svg/);
  assert.match(await refusal(1, "report", run, "--out", join(folder, "none", "x.html")), /cannot write .*x.html/);
  assert.match(await refusal(2, "report"), /missing required argument 'folder'/);
});

test("checks that the command line makes at a run's checkpoint are in its report, those of other settings are not", async () => {
  const model = join(folder, "model.ts");
  const before = readEvents(run).length;
  const other = await gradlens("bias", model, "--checkpoint", run, "--seed", "3");
  assert.match(other.err, /note: not kept in .*run, whose settings are others: --seed 3 \(the run has 0\)/);
  assert.equal(readEvents(run).length, before);
  await gradlens("bias", model, "--checkpoint", run, "--estimator", "straight-through");
  await gradlens("compare", model, "--checkpoint", run, "--estimators", "lr,muprop", "--draws", "20");
  await gradlens("sweep", model, "--checkpoint", run, "--over", "samples", "--values", "1,2");
  await gradlens("trunks", model, "--checkpoint", `${run}/checkpoints/step-000000030.safetensors`, "--draws", "20");
  const report = await answer<Report>("report", run, "--out", "-");
  assert.deepEqual(
    report.bias.map(({ at, step, estimator, verdict }) => [at, step, estimator, verdict]),
    [["checkpoint", 30, "straight-through", "biased"]],
  );
  assert.deepEqual(
    report.comparisons[0]!.estimators.map(({ id }) => id),
    ["lr", "muprop"],
  );
  assert.deepEqual(
    report.sweeps.map(({ over, points }) => [over, points.length]),
    [["samples", 2]],
  );
  assert.deepEqual(
    report.trunks[0]!.layers.map(({ node }) => node),
    ["b"],
  );
  assert.equal(report.rollouts.length, 1);
  await gradlens("report", run);
  const page = readFileSync(join(run, "report.html"), "utf8");
  const learned = `Control variates learned for ${report.comparisons[0]!.warmUp} steps first`;
  for (const title of [learned, "straight-through at step 30: biased", "Example 0 at step 30", "Rollout at step 30"])
    assert.ok(page.includes(title), title);
  assert.doesNotMatch(page, /NaN|undefined|\[object/);
});

test("a text that is not the one that the run began with is told of in one sentence", async () => {
  const changed = modelFile(folder, "changed.ts", text.replace("0.45", "0.55"));
  const { err, exitCode } = await gradlens("gradient", changed, "--checkpoint", run);
  assert.equal(exitCode, 0);
  assert.match(
    err,
    /^note: .*changed\.ts is not the text that the run of .*run began with; the numbers are of the text as it is now$/m,
  );
  assert.doesNotMatch((await gradlens("gradient", join(folder, "model.ts"), "--checkpoint", run)).err, /note/);
});
