import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { PathScore, VarianceRecord } from "../../core/protocol/variance";
import { type PanelBrowser, screenshots, showRun, startPanelBrowser, themes, tile } from "./panelBrowser";
import { accessibilityViolations } from "./support/accessibility";

let browser: PanelBrowser;
before(async () => {
  browser = await startPanelBrowser();
});
after(() => browser?.close());

const around = (value: number, share = 0.15): [number, number] => [
  value - share * Math.abs(value),
  value + share * Math.abs(value),
];

/** Path and score with a covariance that makes `c` the best coefficient. */
function part(name: string, path: number, score: number, c: number, shape: readonly number[] = [200, 50]): PathScore {
  const covariance = (c - 1) * score;
  const ratio = path / (path + 2 * covariance + score);
  return {
    ...{ name, shape, level: 0.95, draws: 256 },
    pathVariance: path,
    pathInterval: around(path),
    scoreVariance: score,
    scoreInterval: around(score),
    covariance,
    covarianceInterval: around(covariance, 0.4),
    bestCoefficient: c,
    interval: [c - 0.08, c + 0.09],
    pathToTotal: ratio,
    pathToTotalInterval: around(ratio, 0.2),
  };
}

const variance: readonly VarianceRecord[] = Array.from({ length: 240 }, (_, i) => {
  const fall = 0.1 + Math.exp(-i / 60);
  return {
    step: 10 * i,
    elapsedMs: 3,
    parameters: [],
    pathScore: [
      part("mean/weight", 4 * fall, 3, 1 - 0.4 * fall),
      part("mean/bias", 0.4 * fall, 0.3, 1 - 0.3 * fall, [50]),
      part("log-std/weight", 0.9 * fall, 0.1, 0.2, [200, 50]),
      part("log-std/bias", 0.1, 0.04, 0.9 - fall / 4, [50]),
    ],
  };
});
const run = { variance, estimator: "pathwise" };

for (const theme of Object.keys(themes)) {
  test(`path and score are drawn and accessible in the ${theme} theme, as a list and in detail`, async () => {
    const { page, problems } = await browser.open({ theme, width: 1400, height: 1000 });
    await showRun(page, run);
    const panel = tile(page, "path-score");
    await panel.locator(".part-row").first().waitFor();
    await panel.screenshot({ path: join(screenshots, `path-score-${theme}.png`) });
    assert.deepEqual(await accessibilityViolations(page), []);
    await panel.getByRole("button", { name: /mean\/weight/ }).click();
    await panel.getByRole("button", { name: "Maximise" }).click();
    await panel.locator(".detail .plot path.line").first().waitFor({ state: "attached" });
    await page.screenshot({ path: join(screenshots, `path-score-detail-${theme}.png`), fullPage: true });
    assert.deepEqual(await accessibilityViolations(page), []);
    assert.deepEqual(problems, []);
    await page.context().close();
  });
}

test("path and score say what to do, open a parameter by keyboard and give every number as a table", async () => {
  const { page } = await browser.open({ width: 1000 });
  await showRun(page, run);
  const panel = tile(page, "path-score");
  await panel.locator(".part-row").first().waitFor();
  assert.match(
    await panel.innerText(),
    /It depends: sticking-the-landing would lower the variance of 3 parameters and raise that of 1\./,
  );
  await panel.getByRole("button", { name: /^mean\/bias/ }).focus();
  await page.keyboard.press("Enter");
  await panel.getByRole("heading", { name: "mean/bias" }).waitFor();
  assert.match(
    await panel.locator(".detail").innerText(),
    /Sticking the landing has [\d.]+ times the variance of pathwise, [\d.]+ to [\d.]+ \(95 %\)\./,
  );
  await panel.getByRole("button", { name: "All parameters" }).focus();
  await page.keyboard.press("Enter");
  await panel.locator('[data-row="mean/bias"]:focus').waitFor();
  await panel.getByRole("button", { name: "Show data as table" }).click();
  await panel.getByRole("row", { name: /^2,390 mean\/weight/ }).waitFor();
  await page.context().close();
});

test("a run without a path part has no such tile", async () => {
  const { page } = await browser.open();
  await tile(page, "loss").waitFor();
  assert.equal(await tile(page, "path-score").isVisible(), false);
  await page.context().close();
});
