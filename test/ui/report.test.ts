import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { checkBias } from "../../core/engine/checkBias";
import { subjectOfRun } from "../../core/engine/checkSubject";
import { compare } from "../../core/engine/compare";
import { readReport } from "../../core/engine/readReport";
import { sweep } from "../../core/engine/sweep";
import { renderers } from "../../core/report/formats";
import type { Report } from "../../core/report/report";
import { startBrowser } from "../../scripts/vscode/browser";
import { start, twoLayerModel, Workspace } from "../unit/engine/support";
import { accessibilityViolations } from "./support/accessibility";

const workspace = new Workspace();
const pictures = join(import.meta.dirname, "../../test-results/report");
const slices = { signal: new AbortController().signal, busy: () => false, onProgress: () => undefined };
let report: Report;
let page: string;

before(async () => {
  mkdirSync(pictures, { recursive: true });
  const folder = workspace.path("run");
  const file = workspace.model("two-layers", twoLayerModel(`{ estimator: "gumbel-softmax" }`));
  const run = await start({ file, steps: 60, diagnosticsInterval: 2, runFolder: folder });
  await run.run();
  const subject = subjectOfRun(run);
  run.note({ bias: await checkBias(subject, { draws: 200 }, slices) });
  run.note({ comparison: await compare(subject, { estimators: ["lr", "half"], draws: 50, biasDraws: 50 }, slices) });
  run.note({ sweeps: [await sweep(subject, { over: "temperature", draws: 200 }, slices)] });
  subject.dispose();
  run.dispose();
  report = readReport(folder);
  page = workspace.path("report.html");
  writeFileSync(page, renderers.html(report));
});
after(() => {
  workspace.remove();
  rmSync(page, { force: true });
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the report's page is whole and readable by itself, ${colorScheme}`, async () => {
    const { page: tab, browser } = await startBrowser({ width: 900, height: 1200, context: { colorScheme } });
    try {
      const asked: string[] = [];
      const problems: string[] = [];
      tab.on("request", (request) => asked.push(request.url()));
      tab.on("console", (message) => problems.push(message.text()));
      tab.on("pageerror", (error) => problems.push(error.message));
      await tab.goto(pathToFileURL(page).href);
      await tab.screenshot({ path: join(pictures, `report-${colorScheme}.png`), fullPage: true });
      assert.equal(asked.length, 1, "nothing but the page itself is loaded");
      assert.deepEqual(problems, []);
      assert.equal(await tab.locator("script").count(), 0);
      const ground = await tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(ground, colorScheme === "dark" ? "rgb(27, 31, 36)" : "rgb(255, 255, 255)");
      for (const id of ["loss", "variance", "bias", "comparisons", "sweeps"])
        assert.ok((await tab.locator(`section[aria-labelledby="${id}"] svg`).count()) > 0, `${id} has a chart`);
      const charts = await tab.locator(".part svg").count();
      assert.equal(
        (await tab.locator(".part svg ~ :is(.table, details)").count()) >= charts,
        true,
        "tables below charts",
      );
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, "nothing runs out of the page");
      assert.deepEqual(await accessibilityViolations(tab), []);
    } finally {
      await browser.close();
    }
  });
}

test("the page shows the run's last numbers", async () => {
  const text = readFileSync(page, "utf8");
  const last = report.variance.at(-1)!;
  assert.ok(text.includes(`Variance by parameter at step ${last.step}`));
  for (const { name, monteCarlo } of last.parameters) {
    assert.ok(text.includes(name));
    if (monteCarlo !== null && monteCarlo > 0.001) assert.ok(text.includes(monteCarlo.toPrecision(3)), name);
  }
});
