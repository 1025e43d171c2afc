import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import type { BiasRecord, BiasWatchRecord } from "../../core/protocol/bias";
import type { ComparedEstimator, ComparisonRecord } from "../../core/protocol/comparison";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { Measured, SweepRecord } from "../../core/protocol/sweep";
import type { RolloutRecord } from "../../core/protocol/trunks";
import type { AttributionRecord, ControlVariateRecord } from "../../core/protocol/variance";
import { type PanelBrowser, screenshots, showRun, startPanelBrowser, themes, tile } from "./panelBrowser";
import { accessibilityViolations } from "./support/accessibility";
import { eventually } from "./support/eventually";

let browser: PanelBrowser;
before(async () => {
  browser = await startPanelBrowser();
});
after(() => browser?.close());

const about = {
  model: "sbn-200",
  file: "/workspace/sbn-200.ts",
  exportName: "default",
  at: "run",
  step: 1234,
  elapsedMs: 2345,
} as const;
const bias: BiasRecord = {
  ...about,
  estimator: "st-gumbel-softmax(temperature=0.5)",
  method: "sampling",
  verdict: "biased",
  reference: "the mean of muprop over the same noise",
  margin: 0.05,
  level: 0.95,
  draws: 2000,
  moreDraws: 5400,
  notes: ["each estimate is the mean of 100 examples at the current parameters"],
  parameters: [
    {
      name: "encode/weight",
      shape: [784, 200],
      verdict: "biased",
      relativeBias: 0.42,
      interval: [0.36, 0.48],
      gradientNorm: 3.1,
      variance: 98,
      moreDraws: 0,
    },
    {
      name: "encode/bias",
      shape: [200],
      verdict: "undecided",
      relativeBias: 0.03,
      interval: [0, 0.081],
      gradientNorm: 0.4,
      variance: 1.1,
      moreDraws: 5400,
    },
    {
      name: "decode/weight",
      shape: [200, 784],
      verdict: "unbiased",
      relativeBias: 0,
      interval: [0, 0.004],
      gradientNorm: 6.4,
      variance: 6.4,
      moreDraws: 0,
    },
    {
      name: "prior",
      shape: [200],
      verdict: "undecided",
      relativeBias: null,
      interval: null,
      gradientNorm: 0,
      variance: 0.02,
      moreDraws: null,
    },
  ],
};
const biasWatch: BiasWatchRecord = {
  on: true,
  current: { ...bias, verdict: "undecided", step: 1200, draws: 340, beside: { check: 9, until: 1234, level: 0.95 } },
  checks: Array.from({ length: 9 }, (_, check) => {
    const verdict = check < 5 ? "biased" : check === 7 ? "undecided" : "unbiased";
    const relativeBias = verdict === "biased" ? 0.4 - 0.05 * check : 0.01;
    return {
      ...{ check, until: 120 * check + 90, level: 0.95, step: 120 * check + 1, verdict, margin: 0.05, draws: 400 },
      estimator: verdict === "biased" ? "straight-through" : "muprop-c",
      ...{ parameter: "encode/weight", relativeBias },
      interval: verdict === "biased" ? [relativeBias - 0.08, relativeBias + 0.09] : [0, check === 7 ? 0.13 : 0.04],
    };
  }),
  refusal: null,
};
const one = (
  id: string,
  verdict: ComparedEstimator["verdict"],
  variance: number,
  seconds: number,
  spread = 0.3,
): ComparedEstimator => ({
  ...{ id, verdict, variance, secondsPerStep: seconds, medianSecondsPerStep: 1.2 * seconds, evaluationsPerStep: 2 },
  interval: variance === 0 ? [0, 0] : [variance * (1 - spread), variance * (1 + 2 * spread)],
  efficiency: variance > 0 ? 1 / (variance * seconds) : null,
  efficiencyInterval:
    variance > 0 ? [1 / (variance * (1 + 2 * spread) * seconds), 1 / (variance * (1 - spread) * seconds)] : null,
  efficiencyByEvaluations: variance > 0 ? 1 / (variance * 2) : null,
});
const comparison: ComparisonRecord = {
  ...about,
  estimators: [
    one("lr", "unbiased", 410, 0.008),
    one("lr-c", "unbiased", 61, 0.009),
    one("muprop-c", "unbiased", 9.8, 0.016),
    one("straight-through", "biased", 1.2, 0.007),
    one("rebar", "undecided", 4.4, 0.05),
    one("mean-passing", "biased", 0, 0.004),
  ],
  skipped: ['arm: estimator arm does not serve categorical at node "h"'],
};

const measured = (value: number, low = value * 0.9, high = value * 1.1): Measured => ({ value, interval: [low, high] });
const still: Measured = { value: 0.5, interval: [0.5, 0.5] };
const sweptTemperature: SweepRecord = {
  ...about,
  over: "temperature",
  estimator: "gumbel-softmax",
  reference: "the mean of h=muprop over the same noise",
  level: 0.95,
  points: [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2.5].map((value) => ({
    value,
    estimator: `gumbel-softmax(temperature=${value})`,
    samples: 1,
    method: "sampling",
    draws: 10_000,
    biasSquared: value < 0.3 ? measured(-1e-5, 0, 3e-4) : measured(0.007 * value ** 3),
    variance: measured(0.007 / value ** 2),
    meanSquaredError: measured(0.007 * (value < 0.3 ? 0 : value ** 3) + 0.007 / value ** 2),
    parameters: [{ name: "encode/weight", variance: measured(0.007 / value ** 2), snr: measured(value) }],
  })),
  best: 1,
  notWorse: [0.7],
  slopes: [],
  notes: ['what the estimator at "h" has learned is left out'],
  skipped: [],
};
const sweptSamples: SweepRecord = {
  ...sweptTemperature,
  over: "samples",
  estimator: "pathwise",
  points: [1, 2, 4, 8, 16, 32].map((value) => ({
    ...{ value, samples: value, estimator: "pathwise", method: "sampling", draws: 10_000 },
    ...{ biasSquared: still, variance: still, meanSquaredError: still },
    parameters: ["encode/weight", "decode/weight"].map((name, i) => ({
      name,
      variance: measured((3 + i) / value ** 1.1),
      snr: value === 32 && i === 0 ? { value: null, interval: null } : measured(value ** (i - 0.5)),
    })),
  })),
  best: null,
  notWorse: [],
  slopes: [
    { parameter: "decode/weight", quantity: "snr", exponent: 0.5, interval: [0.42, 0.58], points: 3 },
    { parameter: "decode/weight", quantity: "variance", exponent: -1.1, interval: [-1.2, -1], points: 3 },
  ],
};
const controlVariates: ControlVariateRecord = {
  step: 2400,
  nodes: [
    {
      node: "h1",
      estimator: "muprop-c",
      correlation: 0.93,
      varianceRatio: 0.14,
      interval: [0.1, 0.19],
      bestCoefficient: 0.97,
    },
    {
      node: "h2",
      estimator: "lr-c",
      correlation: 0.21,
      varianceRatio: 3.2,
      interval: [2.1, 4.8],
      bestCoefficient: 0.11,
    },
    { node: "h3", estimator: "lr-c", correlation: null, varianceRatio: 1, interval: null, bestCoefficient: null },
  ],
};
const rollout: RolloutRecord = {
  ...{ model: "sbn-200", file: "/workspace/examples/sbn-200.ts", exportName: "default", at: "run" },
  ...{ step: 2400, elapsedMs: 2100, level: 0.95, draws: 400, refusal: null, pays: false },
  ...{ secondsRatio: 1.47, secondsInterval: [1.31, 1.62], evaluationsRatio: 1.5 },
  whole: { muprop: 25600, rollout: 20200, ratio: 0.789, interval: [0.77, 0.808] },
  parameters: [
    { name: "encode1/weight", shape: [784, 200], muprop: 18600, rollout: 18600, ratio: 1, interval: [1, 1] },
    { name: "encode2/weight", shape: [200, 200], muprop: 6536, rollout: 1193, ratio: 0.183, interval: [0.166, 0.201] },
    { name: "decode2/weight", shape: [200, 200], muprop: 53.5, rollout: 61.2, ratio: 1.14, interval: [1.05, 1.24] },
    { name: "prior", shape: [200], muprop: 0.47, rollout: 0.46, ratio: 0.98, interval: null },
  ],
};
const attribution: AttributionRecord = {
  step: 2400,
  parameters: [
    {
      ...{ name: "encode1/weight", shape: [784, 200], variance: 18600 },
      nodes: [
        {
          ...{ node: "h1", variance: 15000, interval: [14000, 16100], share: 0.806 },
          ...{ firstOrder: 11000, firstOrderInterval: [9800, 12300] },
        },
        {
          ...{ node: "h2", variance: 7600, interval: [7000, 8300], share: 0.409 },
          ...{ firstOrder: 3600, firstOrderInterval: null },
        },
      ],
    },
    {
      ...{ name: "prior", shape: [200], variance: 0.47 },
      nodes: [
        { node: "h2", variance: 0.47, interval: [0.44, 0.5], share: 1, firstOrder: 0.47, firstOrderInterval: null },
        { node: "h1", variance: 0, interval: null, share: 0, firstOrder: 0, firstOrderInterval: null },
      ],
    },
  ],
};
const sweeps = [sweptSamples, sweptTemperature];

const show = (
  page: Page,
  changes: Partial<RunSnapshot> = { bias, biasWatch, comparison, sweeps, controlVariates, rollout, attribution },
): Promise<void> => showRun(page, changes);

for (const theme of Object.keys(themes)) {
  test(`bias check, comparison and sweep are drawn and accessible in the ${theme} theme`, async () => {
    const { page, problems } = await browser.open({ theme, width: 1400, height: 1300 });
    await show(page);
    await tile(page, "bias").locator(".bias-row").first().waitFor();
    await tile(page, "compare").locator(".compare-row").first().waitFor();
    await tile(page, "sweeps").locator(".sweep-curve").first().waitFor();
    assert.deepEqual(await accessibilityViolations(page), []);
    await page.screenshot({ path: join(screenshots, `checks-${theme}.png`), fullPage: true });
    assert.deepEqual(problems, []);
    await page.context().close();
  });
}

test("before a check the tiles say which command fills them", async () => {
  const { page } = await browser.open();
  for (const [id, title, command] of [
    ["bias", "Check bias", "checkBias"],
    ["bias-watch", "Check continuously", "toggleBiasWatch"],
    ["compare", "Compare estimators", "compareEstimators"],
    ["sweeps", "Sweep", "sweep"],
  ] as const) {
    await tile(page, id).getByRole("button", { name: title }).click();
    const sent = await page.evaluate(() => window.fakeHost.sent.filter(({ type }) => type === "command").at(-1));
    assert.deepEqual(sent, { type: "command", command });
  }
  await page.context().close();
});

test("a verdict is told with its interval, what it rests on, and what it would take to decide", async () => {
  const { page } = await browser.open({ width: 1400 });
  await show(page);
  const bias = tile(page, "bias");
  await bias.locator(".bias-row").first().waitFor();
  const words = await bias.innerText();
  assert.match(words, /st-gumbel-softmax\(temperature=0\.5\) is biased\./);
  assert.match(
    words,
    /2,000 draws, compared with the mean of muprop over the same noise; intervals hold together at 95 %/,
  );
  const row = bias.locator('[data-row="encode/bias"]');
  assert.match(
    await row.evaluate((node) => node.textContent ?? ""),
    /undecided, 0\.0300 \[0, 0\.0810\], about 5,400 more draws/,
  );
  await bias.getByRole("button", { name: "Show data as table" }).click();
  await bias.getByRole("row", { name: /prior/ }).waitFor();
  assert.match(await bias.getByRole("row", { name: /^prior/ }).innerText(), /undecided\s+unknown\s+unknown/);
  await page.context().close();
});

test("checks beside training are drawn over the steps they are about, with the one in hand, and can be stopped", async () => {
  const { page } = await browser.open({ width: 1400 });
  await show(page, { biasWatch, state: "running" });
  const panel = tile(page, "bias-watch");
  await panel.locator(".plot path.line").first().waitFor({ state: "attached" });
  const words = await panel.innerText();
  assert.match(words, /Parameters of step 1,200, 340 draws so far: Cannot tell yet whether st-gumbel-softmax/);
  assert.match(words, /Ended: 3 unbiased, 5 biased, 1 undecided\. All verdicts of the run hold together at 95 %\./);
  await panel.getByRole("button", { name: "Stop checking" }).click();
  const sent = await page.evaluate(() => window.fakeHost.sent.filter(({ type }) => type === "command").at(-1));
  assert.deepEqual(sent, { type: "command", command: "toggleBiasWatch" });
  await panel.getByRole("button", { name: "Show data as table" }).click();
  await panel.getByRole("row", { name: /^961 1,050 muprop-c unbiased encode\/weight 0\.01\S* 0 0\.04/ }).waitFor();
  const refused = { ...biasWatch, on: false, current: null, refusal: "no unbiased reference exists" };
  await show(page, { biasWatch: refused });
  await panel.getByRole("button", { name: "Show data as table" }).click();
  await panel.getByText("Not checked: no unbiased reference exists").waitFor();
  await page.context().close();
});

test("estimators are ranked by variance × time, and one is chosen by click or key while a run goes on", async () => {
  const { page } = await browser.open({ width: 1400 });
  await show(page, { bias, comparison, state: "running", estimator: "muprop-c" });
  const compare = tile(page, "compare");
  await compare.locator(".compare-row").first().waitFor();
  const ids = await compare
    .locator(".compare-row")
    .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-row")));
  assert.deepEqual(ids, ["mean-passing", "straight-through", "muprop-c", "rebar", "lr-c", "lr"]);
  assert.equal(await compare.getByRole("button", { name: /muprop-c/ }).count(), 0, "the driving one is no choice");
  await compare.getByRole("button", { name: /Train on with rebar/ }).click();
  await compare.getByRole("button", { name: /Train on with lr-c/ }).focus();
  await page.keyboard.press("Enter");
  const sent = await page.evaluate(() => window.fakeHost.sent.filter(({ type }) => type === "setEstimator"));
  assert.deepEqual(sent, [
    { type: "setEstimator", estimator: "rebar" },
    { type: "setEstimator", estimator: "lr-c" },
  ]);
  await show(page, { state: "finished" });
  await compare.locator(".choosable").first().waitFor({ state: "detached" });
  await page.context().close();
});

test("a sweep tells its best value, each kind can be chosen, and the table has every point", async () => {
  const { page } = await browser.open({ theme: "light", width: 1400, height: 1300 });
  await show(page);
  const sweep = tile(page, "sweeps");
  await sweep.locator(".sweep-curve").first().waitFor();
  const words = await sweep.innerText();
  assert.match(words, /lowest mean squared error at 1\. Not told from it: 0\.7\./);
  assert.match(words, /10,000 draws at each value; bias against the mean of h=muprop/);
  await sweep.getByRole("button", { name: "Samples" }).click();
  assert.match(await sweep.innerText(), /SNR grows like decode\/weight K\^0\.500 \[0\.420, 0\.580\]/);
  assert.equal(await sweep.locator(".sweep-curve").count(), 4);
  await page.screenshot({ path: join(screenshots, "sweep-samples.png"), fullPage: true });
  await sweep.getByRole("button", { name: "Show data as table" }).click();
  await sweep
    .getByRole("row", { name: /encode\/weight/ })
    .first()
    .waitFor();
  assert.equal(await sweep.getByRole("row", { name: /weight/ }).count(), 12);
  await sweep.getByRole("row", { name: /^32\S* encode\/weight unknown/ }).waitFor();
  await page.context().close();
});

test("control variates are drawn beside 1, and one that raises the variance is named", async () => {
  const { page } = await browser.open({ width: 1400 });
  await show(page);
  const panel = tile(page, "control-variates");
  await panel.locator(".control-row").first().waitFor();
  assert.match(await panel.innerText(), /Raises the variance at h2\./);
  assert.equal(await panel.locator(".control-row.raises").count(), 1);
  await panel.getByRole("button", { name: "Show data as table" }).click();
  await panel.getByRole("row", { name: /h3 lr-c not told from 1 1\S* unknown/ }).waitFor();
  await page.context().close();
});

test("a rollout says what it would do at what cost, and is measured for those who look", async () => {
  const { page } = await browser.open({ width: 1400, height: 700 });
  await show(page);
  const looks = (): Promise<readonly boolean[]> =>
    page.evaluate(() =>
      window.fakeHost.sent.flatMap((message) => (message.type === "watch" ? [message.views.includes("rollout")] : [])),
    );
  const panel = tile(page, "rollout");
  await page.evaluate(() => window.scrollTo(0, 0));
  await eventually(async () => assert.equal((await looks()).at(-1) ?? false, false));
  await panel.scrollIntoViewIfNeeded();
  await panel.locator(".control-row").first().waitFor();
  await eventually(async () => assert.equal((await looks()).at(-1), true));
  const words = await panel.innerText();
  assert.match(words, /A rollout would cut the variance to 0\.789 times MuProp's: it does not pay\./);
  assert.match(
    words,
    /variance 0\.770 to 0\.808 \(95 %\) · 1\.47 times the time, 1\.31 to 1\.62 in six turns · 1\.50 times/,
  );
  assert.equal(await panel.locator(".control-row").count(), 5);
  assert.equal(await panel.locator(".control-row.raises").count(), 1);
  await panel.getByRole("button", { name: "Show data as table" }).click();
  await panel.getByRole("row", { name: /prior not told from 1 0\.470 0\.460 0\.980 unknown unknown/ }).waitFor();
  await page.evaluate(() => window.scrollTo(0, 0));
  await eventually(async () => assert.equal((await looks()).at(-1), false));
  const refused = { ...rollout, whole: null, parameters: [], pays: null, refusal: "a rollout is a variant of MuProp" };
  await show(page, { rollout: refused });
  await panel.getByRole("button", { name: "Show data as table" }).click();
  await panel.locator("strong").getByText("Not measured: a rollout is a variant of MuProp.").waitFor();
  await page.context().close();
});

test("variance by node is drawn as stacked shares, past 100 % where nodes interact", async () => {
  const { page } = await browser.open({ width: 1400 });
  await show(page);
  const panel = tile(page, "attribution");
  await panel.locator("rect.effect").first().waitFor();
  const titles = await panel
    .locator("svg.chart title")
    .evaluateAll((nodes) => nodes.map(({ textContent }) => textContent));
  assert.deepEqual(titles, ["encode1/weight: 80.6 % from h1, 40.9 % from h2", "prior: 100 % from h2, 0 % from h1"]);
  const end = await panel
    .locator("rect.effect.series-1")
    .nth(1) // after the legend's
    .evaluate((node) => Number(node.getAttribute("x")) + Number(node.getAttribute("width")));
  const whole = await panel
    .locator(".margin-line")
    .evaluate((node) => Number(/M([\d.]+)/.exec(node.getAttribute("d")!)![1]));
  assert.ok(end > whole, "shares that add up to 121 % end beyond the line at 100 %");
  await panel.getByRole("button", { name: "Show data as table" }).click();
  await panel.getByRole("row", { name: /encode1\/weight h2 40\.9 % 7600 7000 8300 3600 unknown unknown/ }).waitFor();
  await page.context().close();
});

test("the tiles export a picture and a table", async () => {
  const { page } = await browser.open({ width: 1400 });
  await show(page);
  for (const id of ["bias", "compare", "sweeps"]) {
    await tile(page, id).locator("svg.chart").waitFor();
    for (const format of ["SVG picture", "CSV table"]) {
      await tile(page, id).getByRole("button", { name: "Export" }).click();
      await page.getByRole("menuitem", { name: format }).click();
    }
  }
  const files = await page.evaluate(() =>
    window.fakeHost.sent.flatMap((message) =>
      message.type === "export" ? [[message.name, message.format, message.text] as const] : [],
    ),
  );
  assert.deepEqual(
    files.map(([name, format]) => `${name}.${format}`),
    [
      "sbn-200-bias.svg",
      "sbn-200-bias.csv",
      "sbn-200-compare.svg",
      "sbn-200-compare.csv",
      "sbn-200-sweeps.svg",
      "sbn-200-sweeps.csv",
    ],
  );
  assert.match(files[0]![2], /^<svg/);
  assert.match(files[3]![2], /straight-through/);
  await page.context().close();
});

test("the tiles fit into 480 pixels", async () => {
  const { page } = await browser.open({ theme: "light", width: 480 });
  await show(page);
  await tile(page, "bias").locator(".bias-row").first().waitFor();
  await page.screenshot({ path: join(screenshots, "checks-480.png"), fullPage: true });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  await page.context().close();
});
