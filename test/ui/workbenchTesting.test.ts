import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Locator } from "playwright-core";
import { type ThemeName, themes } from "../../scripts/vscode/workbench";
import { accessibilityViolations } from "./support/accessibility";
import { eventually } from "./support/eventually";
import { type ModelSession, startModelSession } from "./support/modelSession";
import { extensionId } from "./support/session";

const checks = `{
  // What this workspace expects.
  "checks": [
    { "model": "bent.ts", "estimators": ["lr", "straight-through"], "expect": "unbiased" },
    { "model": "bent.ts", "estimators": ["half"], "expect": "biased" },
    { "model": "bent.ts", "estimators": ["rebar"], "expect": "unbiased", "draws": 20 },
    { "model": "bent.ts", "estimators": ["lr"], "expect": "variance-below-bound", "bounds": { "lr": { "prior": 0.001 } } }
  ]
}
`;

let session: ModelSession;

before(async () => {
  session = await startModelSession({
    files: { "gradlens.checks.json": checks },
    viewport: { width: 1500, height: 1000 },
  });
});
after(() => session?.stop());

const row = (name: string | RegExp): Locator => session.window.treeItem(name).first();
const open = async (name: RegExp): Promise<void> => {
  await row(name).focus();
  if ((await row(name).getAttribute("aria-expanded")) === "true") return;
  await row(name).click();
  await eventually(async () => assert.equal(await row(name).getAttribute("aria-expanded"), "true"));
};

test("the Testing view lists model files and checks files, and their tests once they are opened", async () => {
  const { window } = session;
  await window.openContainer("Testing");
  await row(/bent\.ts/).waitFor();
  assert.equal(await window.treeItem(/quietSettings/).count(), 0);
  await open(/bent\.ts/);
  await row(/bent: straight-through is unbiased/).waitFor();
  await open(/gradlens\.checks\.json/);
  await row(/bent\.ts: half is biased/).waitFor();
  await open(/throwing\.ts/);
  await session.picture("testing-tree");
});

test("running all passes, fails and errs as gradlens check does; a failure names parameter, interval and line", async () => {
  const { window, page } = session;
  await window.run("Test: Run All Tests");
  await row(/^gradlens\.checks\.json \(Errored\)/).waitFor({ timeout: 180_000 });
  await open(/^gradlens\.checks\.json/);
  await row(/bent\.ts: straight-through is unbiased \(Failed\)/).waitFor();
  await row(/bent\.ts: lr is unbiased \(Passed\)/).waitFor();
  await row(/bent\.ts: half is biased \(Passed\)/).waitFor();
  await row(/bent\.ts: rebar is unbiased \(Errored\)/).waitFor();
  await row(/lr has variance below the recorded bound \(Failed\)/).waitFor();
  await window.openFile("bent.ts");
  const inline = page.locator(".test-error-content-widget").first();
  await inline.waitFor();
  await eventually(async () => assert.match(await inline.innerText(), /biased at prior: 0\.160 of the gradient/));
  await session.picture("testing-failed");
});

test("a failure shows the interval beside the margin or the bound as a picture", async () => {
  const { window, page } = session;
  await window.run("Test Results: Focus on Test Results View"); // opens when tests start, but not always
  const results = page.locator(".test-output-peek-tree");
  const picture = page.locator(".test-output-peek-message-container img");
  for (const [name, alt] of [
    ["bent.ts: rebar is unbiased", "Interval beside the margin 5 %"],
    ["bent.ts: lr has variance below the recorded bound", "Interval beside the bound 0.00100"],
    ["bent.ts: straight-through is unbiased", "Interval beside the margin 0.1 %"],
  ] as const) {
    await results.getByText(name).click();
    await eventually(async () => assert.equal(await picture.getAttribute("alt"), alt));
    const width = await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth);
    assert.equal(width, 360, "the picture was not drawn");
    await session.picture(`testing-plot-${alt.replace(/\W+/g, "-")}`);
  }
});

test("what a failure says is readable and free of accessibility violations in every theme", async () => {
  for (const theme of Object.keys(themes) as ThemeName[]) {
    await session.setTheme(theme);
    await session.picture(`testing-failed-${theme}`);
    assert.deepEqual(await accessibilityViolations(session.page, ".test-output-peek-message-container"), [], theme);
  }
  await session.setTheme("dark");
});

test("a message's link shows the verdict in the bias panel", async () => {
  const { page } = session;
  await page.getByRole("link", { name: "Show the bias panel" }).first().click();
  const tile = session.window.webview(extensionId).locator('[data-panel="bias"]');
  await tile.locator(".bias-row.biased").waitFor();
  await session.picture("testing-panel");
});

test("other estimators of a model are left out of Run All and tested when they are asked for", async () => {
  const { window, page } = session;
  // The larger models of the folder take a while.
  const cancel = page.getByRole("button", { name: "Cancel Test Run" });
  if (await cancel.isVisible()) await cancel.click();
  await open(/^bent: other estimators \(Not yet run\)/);
  const muprop = row(/^muprop is unbiased/);
  await muprop.waitFor();
  await eventually(async () => {
    await page.mouse.move(900, 17); // the hover of another row would lie over this one
    await page.locator(".monaco-hover:visible").waitFor({ state: "hidden", timeout: 2000 });
    await muprop.hover({ timeout: 2000 });
    await muprop.getByRole("button", { name: /^Run Test/ }).click({ timeout: 2000 });
  });
  await row(/^muprop is unbiased \(Passed\)/).waitFor();
  await row(/^lr is unbiased \(Not yet run\)/).waitFor();
  assert.equal(await window.treeItem(/^straight-through is unbiased/).count(), 0, "its own is listed above");
  await session.picture("testing-others");
});
