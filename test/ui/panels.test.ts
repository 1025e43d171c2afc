import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { type PanelBrowser, screenshots, startPanelBrowser, themes, tile } from "./panelBrowser";
import { accessibilityViolations } from "./support/accessibility";
import { eventually } from "./support/eventually";

let browser: PanelBrowser;
before(async () => {
  browser = await startPanelBrowser();
});
after(() => browser?.close());

const sent = (page: Page): Promise<readonly { readonly type: string; readonly [key: string]: unknown }[]> =>
  page.evaluate(() =>
    // What the page says by itself comes at any time.
    window.fakeHost.sent.filter(({ type }) => type !== "watch").map((message) => ({ ...message })),
  );
const drawn = async (page: Page): Promise<void> => {
  await tile(page, "loss").locator(".plot path.line").first().waitFor({ state: "attached" });
  await tile(page, "variance").locator(".row[role=option]").first().waitFor();
  await tile(page, "graph").locator(".node").first().waitFor();
  await tile(page, "trunks").locator("canvas").first().waitFor();
};
const shot = (page: Page, name: string): Promise<Buffer> =>
  page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });

for (const theme of Object.keys(themes)) {
  test(`the panels are drawn and accessible in the ${theme} theme`, async () => {
    const { page, problems } = await browser.open({ theme, width: 1400 });
    await drawn(page);
    await shot(page, `panels-${theme}`);
    assert.deepEqual(await accessibilityViolations(page), []);
    await tile(page, "variance")
      .getByRole("option", { name: /^encode\/weight/ })
      .click();
    await tile(page, "variance").getByRole("button", { name: "Maximise" }).click();
    await tile(page, "variance").locator(".detail .plot path.line").first().waitFor({ state: "attached" });
    await shot(page, `variance-detail-${theme}`);
    assert.deepEqual(await accessibilityViolations(page), []);
    assert.deepEqual(problems, [], "the page's policy and console are clean");
    await page.context().close();
  });
}

for (const width of [480, 900, 1400]) {
  test(`nothing is cut off at ${width} pixels`, async () => {
    const { page } = await browser.open({ theme: "light", width });
    await drawn(page);
    await shot(page, `width-${width}`);
    const columns = await page
      .locator(".tiles")
      .evaluate((node) => getComputedStyle(node).gridTemplateColumns.split(" ").length);
    assert.equal(columns, width < 700 ? 1 : 2);
    assert.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
      "the page scrolls sideways",
    );
    await page.context().close();
  });
}

test("a theme that changes is followed by charts and pictures", async () => {
  const { page } = await browser.open({ theme: "dark" });
  await drawn(page);
  const colours = (): Promise<readonly unknown[]> =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("canvas.heat")!;
      const line = document.querySelector(".chart .axis text")!;
      return [getComputedStyle(line).fill, [...canvas.getContext("2d")!.getImageData(0, 0, 1, 1).data].join()];
    });
  const dark = await colours();
  await page.evaluate((theme) => window.useTheme(theme), themes["light"]!);
  await eventually(async () => {
    const light = await colours();
    assert.notEqual(light[0], dark[0]);
    assert.notEqual(light[1], dark[1]);
  });
  await page.context().close();
});

test("without a run every panel says what it needs and offers the command", async () => {
  const { page } = await browser.open({ query: { run: "none" }, width: 900 });
  await page.locator(".tile-empty button").first().waitFor();
  assert.equal(await page.locator(".tile-empty:visible").count(), 15);
  assert.equal(await page.locator(".tile-empty .unmet").count(), 35);
  await shot(page, "empty");
  assert.deepEqual(await accessibilityViolations(page), []);
  await tile(page, "variance").getByRole("button", { name: "Run training" }).click();
  assert.deepEqual((await sent(page)).at(-1), { type: "command", command: "train" });
  await page.context().close();
});

test("a run that has only begun ticks what is there and waits for the rest", async () => {
  const { page } = await browser.open({ query: { run: "none" } });
  await page.locator(".tile-empty").first().waitFor();
  await page.evaluate(() => {
    window.fakeHost.snapshot = {
      ...window.fakeHost.make({ steps: 1 }),
      loss: [],
      variance: [],
      evaluations: [],
      trunks: null,
      state: "starting",
      step: 0,
      stepsPerSecond: null,
      diagnosticsShare: null,
    };
    window.fakeHost.hydrate();
  });
  await tile(page, "graph").locator(".node").first().waitFor();
  assert.equal(await tile(page, "variance").locator(".met").count(), 1);
  assert.equal(await tile(page, "trunks").locator(".met").count(), 2);
  assert.match(await page.locator(".run-header").innerText(), /Steps per second\s+unknown/);
  await page.context().close();
});

test("a failed engine shows its reason and the way to the log", async () => {
  const { page } = await browser.open({ query: { run: "none", engine: "failed" } });
  await page.locator(".tile-empty").first().waitFor();
  await page.evaluate(() =>
    window.fakeHost.post({ type: "engine", engine: "failed", message: "the engine was killed by signal 9" }),
  );
  await page.getByRole("alert").getByText("the engine was killed by signal 9").waitFor();
  await page.getByRole("alert").getByRole("button", { name: "Show log" }).click();
  assert.deepEqual((await sent(page)).at(-1), { type: "command", command: "showLog" });
  await page.context().close();
});

test("a host that does not answer leaves no blank page", async () => {
  const { page } = await browser.open({ query: { silent: 1 } });
  await page.getByText("Waiting for the editor").waitFor();
  await page.getByRole("button", { name: "Show log" }).waitFor();
  await page.context().close();
});

test("deltas arrive, and a missed one is noticed", async () => {
  const { page } = await browser.open();
  await drawn(page);
  await page.evaluate(() => window.fakeHost.step());
  await page.getByText("2,401 of 10,000").waitFor();
  await tile(page, "loss").getByText("latest, step 2,401").waitFor();
  const readies = async (): Promise<number> => (await sent(page)).filter(({ type }) => type === "ready").length;
  assert.equal(await readies(), 1);
  await page.evaluate(() => {
    window.fakeHost.sequence++;
    window.fakeHost.step();
  });
  await eventually(async () => assert.equal(await readies(), 2));
  await page.getByText("2,402 of 10,000").waitFor();
  await page.context().close();
});

test("zoom stays over updates, hiding and reload, and is left by keyboard", async () => {
  const { page } = await browser.open();
  await drawn(page);
  const chart = tile(page, "loss").locator("svg.chart").first();
  const axis = (): Promise<string> =>
    chart
      .locator(".axis")
      .first()
      .textContent()
      .then((content) => content ?? "");
  const whole = await axis();
  await chart.focus();
  for (let press = 0; press < 4; press++) await page.keyboard.press("+");
  await page.keyboard.press("ArrowLeft");
  const zoomed = await axis();
  assert.notEqual(zoomed, whole);
  await page.evaluate(() => window.fakeHost.step());
  await page.getByText("2,401 of 10,000").waitFor();
  assert.equal(await axis(), zoomed, "an update moved the view");
  await page.waitForTimeout(400);
  await page.reload();
  await drawn(page);
  assert.equal(await axis(), zoomed, "the view was not restored");
  await chart.focus();
  await page.keyboard.press("0");
  assert.notEqual(await axis(), zoomed);
  await page.context().close();
});

test("the wheel scrolls the page unless the chart has the focus; a drag pans", async () => {
  const { page } = await browser.open({ width: 480, height: 600 });
  await drawn(page);
  const chart = tile(page, "loss").locator("svg.chart").first();
  const axis = (): Promise<string | null> => chart.locator(".axis").first().textContent();
  const whole = await axis();
  const box = (await chart.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, -200);
  await eventually(async () => assert.equal(await axis(), whole));
  await chart.focus();
  const place = (await chart.boundingBox())!;
  await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
  await page.mouse.wheel(0, -400);
  await eventually(async () => assert.notEqual(await axis(), whole));
  const zoomed = await axis();
  await page.mouse.down();
  await page.mouse.move(place.x + place.width / 2 - 80, place.y + place.height / 2, { steps: 4 });
  await page.mouse.up();
  assert.notEqual(await axis(), zoomed);
  await page.context().close();
});

test("parameters are reached, opened and left by keyboard alone", async () => {
  const { page } = await browser.open();
  await drawn(page);
  const panel = tile(page, "variance");
  await panel.locator(".row[role=option]").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await panel.getByRole("heading", { name: "decode/weight" }).waitFor();
  await panel.getByRole("button", { name: "All parameters" }).focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-parameter")), "decode/weight");
  await page.keyboard.press("End");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-parameter")), "prior");
  await page.context().close();
});

test("the order of parameters stands still while one is in the list", async () => {
  const { page } = await browser.open();
  await drawn(page);
  const names = (): Promise<(string | null)[]> =>
    tile(page, "variance")
      .locator(".row[role=option]")
      .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-parameter")));
  const before = await names();
  const grow = (): Promise<void> =>
    page.evaluate(() => {
      const last = window.fakeHost.snapshot!.variance.at(-1)!;
      const parameters = last.parameters.map((entry) =>
        entry.name === "prior" ? { ...entry, total: 1e4, monteCarlo: 5e3, interval: null } : entry,
      );
      window.fakeHost.step({ variance: [{ ...last, step: last.step + 1, parameters }] });
    });
  await tile(page, "variance").locator(".row[role=option]").first().focus();
  await grow();
  await tile(page, "variance").getByText("order held").waitFor();
  assert.deepEqual(await names(), before);
  await page.locator(".actions button:visible").first().focus();
  await grow();
  await eventually(async () => assert.equal((await names())[0], "prior"));
  await page.context().close();
});

test("a parameter selected elsewhere is shown, and unknown numbers are said to be unknown", async () => {
  const { page } = await browser.open({ query: { steps: 1, interval: 1 } });
  await drawn(page);
  assert.match((await tile(page, "variance").locator(".row[role=option]").first().textContent()) ?? "", /data unknown/);
  await page.evaluate(() => window.fakeHost.post({ type: "select", parameter: "decode/bias" }));
  await tile(page, "variance").getByRole("heading", { name: "decode/bias" }).waitFor();
  assert.match(
    await tile(page, "variance").locator(".detail .facts").innerText(),
    /Total\s+unknown\s+Drift\s+unknown\s+Interval of drift\s+unknown\s+SNR\s+unknown/,
  );
  await page.context().close();
});

test("the graph is walked along its edges and leads to the source line", async () => {
  const { page } = await browser.open();
  await drawn(page);
  const graph = tile(page, "graph");
  assert.equal(await graph.locator('.node[tabindex="0"]').count(), 1, "one tab stop");
  await graph.locator('[data-node="encode"]').focus();
  await graph.locator('[data-node="encode"]').click();
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-node")), "h");
  await page.keyboard.press("Enter");
  assert.deepEqual((await sent(page)).at(-1), {
    type: "reveal",
    source: { file: "/workspace/sbn-200.ts", line: 9, column: 5 },
  });
  assert.match(
    (await graph.locator('[data-node="h"] title').textContent()) ?? "",
    /^h bernoulli · 200 muprop-c, stochastic, guide q\(h \| x\), estimator muprop-c, line 9$/,
  );
  assert.match(
    (await graph.locator('[data-node="encode/weight"] title').textContent()) ?? "",
    /[\d.]+ % of the gradient variance/,
  );
  const outlines = await graph
    .locator(".legend .outline")
    .evaluateAll((shapes) => new Set(shapes.map((shape) => shape.getAttribute("d"))).size);
  assert.equal(outlines, 6, "every kind has an outline of its own");
  await page.context().close();
});

test("every panel shows its data as a table, with the same numbers", async () => {
  const { page } = await browser.open();
  await drawn(page);
  for (const id of ["loss", "variance", "graph", "trunks"]) {
    await tile(page, id).getByRole("button", { name: "Show data as table" }).click();
    await tile(page, id).locator("tbody tr").first().waitFor();
    assert.ok((await tile(page, id).locator("caption").innerText()).includes("sbn-200"));
  }
  await shot(page, "tables");
  assert.deepEqual(await accessibilityViolations(page), []);
  const first = await tile(page, "loss").locator("tbody tr").first().innerText();
  assert.match(first, /^2,400\s+loss\s+[\d.]+/);
  await tile(page, "loss")
    .locator(".tile-table")
    .evaluate((node) => node.scrollTo(0, 300));
  await page.evaluate(() => window.fakeHost.step());
  await eventually(async () =>
    assert.match(await tile(page, "loss").locator("tbody tr").first().innerText(), /^2,401/),
  );
  assert.equal(
    await tile(page, "loss")
      .locator(".tile-table")
      .evaluate((node) => node.scrollTop),
    300,
    "an update scrolled the table",
  );
  await page.context().close();
});

test("pictures, tables and data are exported from every panel", async () => {
  const { page } = await browser.open();
  await drawn(page);
  for (const id of ["loss", "variance", "graph", "trunks"]) {
    for (const [item, format] of [
      ["SVG picture", "svg"],
      ["CSV table", "csv"],
      ["JSON data", "json"],
    ] as const) {
      await tile(page, id).getByRole("button", { name: "Export" }).click();
      await page.getByRole("menuitem", { name: item }).click();
      const message = (await sent(page)).at(-1) as { type: string; name: string; format: string; text: string };
      assert.deepEqual([message.type, message.name, message.format], ["export", `sbn-200-${id}`, format]);
      if (format === "json") assert.ok((JSON.parse(message.text) as { rows: unknown[] }).rows.length > 4);
      else if (format === "csv") assert.ok(message.text.split("\r\n").length > 5);
      else {
        assert.ok(!message.text.includes("var(--"), "the picture depends on the theme's variables");
        const image = await page.context().newPage();
        await image.setContent(message.text.replace(/^<svg/, '<svg id="exported"'));
        const box = (await image.locator("#exported").boundingBox())!;
        assert.ok(box.width > 100 && box.height > 100);
        await image.screenshot({ path: join(screenshots, `export-${id}.png`) });
        await image.close();
      }
    }
  }
  await page.context().close();
});

test("a tile fills the page and gives it back on Escape", async () => {
  const { page } = await browser.open();
  await drawn(page);
  await tile(page, "graph").getByRole("button", { name: "Maximise" }).click();
  await tile(page, "loss").waitFor({ state: "hidden" });
  await shot(page, "maximised-graph");
  await page.keyboard.press("Escape");
  await tile(page, "loss").waitFor();
  await page.context().close();
});

test("another example is asked for and shown", async () => {
  const { page } = await browser.open();
  await drawn(page);
  const trunks = tile(page, "trunks");
  const before = await trunks.locator(".trunk-top .facts").innerText();
  await trunks.getByRole("button", { name: "Next example" }).click();
  assert.ok((await sent(page)).some((message) => message.type === "trunks" && message["example"] === 4));
  await eventually(async () => assert.notEqual(await trunks.locator(".trunk-top .facts").innerText(), before));
  assert.equal(await trunks.getByLabel("Example", { exact: true }).inputValue(), "4");
  await trunks
    .locator("canvas")
    .nth(1)
    .hover({ position: { x: 5, y: 5 } });
  await trunks
    .getByText(/unit 0: mean-field [\d.]+, mean of samples .+; correction .+, residual term .+ \(SD /)
    .waitFor();
  await page.context().close();
});

test("buttons follow the state of the run", async () => {
  const { page } = await browser.open();
  await drawn(page);
  const buttons = (): Promise<string[]> => page.locator(".actions button:visible").allInnerTexts();
  assert.deepEqual(await buttons(), ["Pause", "Stop", "Change estimator"]);
  await page.getByRole("button", { name: "Pause" }).click();
  assert.deepEqual((await sent(page)).at(-1), { type: "command", command: "pause" });
  await page.evaluate(() => window.fakeHost.step({ fields: { state: "paused" } }));
  await eventually(async () => assert.deepEqual(await buttons(), ["Resume", "Stop", "Change estimator"]));
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Resume", "the focus was lost");
  await page.evaluate(() =>
    window.fakeHost.step({ fields: { state: "failed", message: "loss is NaN at step 2402, node h" } }),
  );
  await page.getByRole("alert").getByText("loss is NaN at step 2402").waitFor();
  assert.deepEqual(await buttons(), ["Run training"]);
  await shot(page, "failed");
  await page.context().close();
});

test("nothing moves by itself when motion is reduced", async () => {
  const { page } = await browser.open({ reducedMotion: true });
  await drawn(page);
  const durations = await page.evaluate(() =>
    [...document.querySelectorAll("*")].map((node) => getComputedStyle(node).transitionDuration),
  );
  assert.ok(durations.every((duration) => duration === "0s"));
  await page.context().close();
});

test("two hundred parameters draw only what is in view", async () => {
  const { page } = await browser.open({ query: { parameters: 200, steps: 3000, interval: 10 } });
  await drawn(page);
  const panel = tile(page, "variance");
  assert.equal(await panel.locator(".row[role=option]").count(), 200);
  const drawnRows = (): Promise<number> => panel.locator(".spark path[d]").count();
  assert.ok((await drawnRows()) < 40, `${await drawnRows()} rows drawn`);
  await shot(page, "many-parameters");
  await panel.locator(".row[role=option]").first().focus();
  await page.keyboard.press("End");
  await eventually(async () =>
    assert.ok(await panel.locator(".row[role=option]").last().locator(".monte-carlo[width]").count()),
  );
  await page.context().close();
});
