import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Locator } from "playwright-core";
import { type ThemeName, themes } from "../../scripts/vscode/workbench";
import { accessibilityViolations } from "./support/accessibility";
import { eventually } from "./support/eventually";
import { modelWorkspace } from "./support/models";
import type { ModelWorkspace } from "./support/models";
import { extensionId, startSession } from "./support/session";
import type { Session } from "./support/session";

/** The cost bends, so that straight-through is biased and lr is not. */
const bent = `import { bernoulli, cost, defineModel, parameter, sample, tf } from "gradlens";

export default defineModel(
  "bent",
  () => {
    const prior = parameter("prior", [0.6, -0.9, 0.2]);
    return {
      program() {
        const h = sample("h", bernoulli({ logits: prior }));
        cost("f", tf.exp(tf.sum(h, -1)));
      },
    };
  },
  { estimator: "straight-through" },
);
`;

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

let session: Session;
let workspace: ModelWorkspace;

before(async () => {
  workspace = modelWorkspace();
  writeFileSync(join(workspace.folder, "bent.ts"), bent);
  writeFileSync(join(workspace.folder, "gradlens.checks.json"), checks);
  session = await startSession({
    workspace: workspace.folder,
    settings: { "typescript.validate.enable": false },
  });
  await session.page.setViewportSize({ width: 1500, height: 1000 });
});
after(async () => {
  await session?.stop();
  workspace?.remove();
});

const row = (name: string | RegExp): Locator => session.window.treeItem(name).first();
const open = async (name: RegExp): Promise<void> => {
  await row(name).focus();
  if ((await row(name).getAttribute("aria-expanded")) === "true") return;
  await row(name).click();
  await eventually(async () => assert.equal(await row(name).getAttribute("aria-expanded"), "true"), 20_000);
};

test("the Testing view lists model files and checks files, and their tests once they are opened", async () => {
  const { window } = session;
  await window.openContainer("Testing");
  await row(/bent\.ts/).waitFor({ timeout: 30_000 });
  assert.equal(await window.treeItem(/quietSettings/).count(), 0);
  await open(/bent\.ts/);
  await row(/bent: straight-through is unbiased/).waitFor({ timeout: 60_000 });
  await open(/gradlens\.checks\.json/);
  await row(/bent\.ts: half is biased/).waitFor({ timeout: 30_000 });
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
  await eventually(
    async () => assert.match(await inline.innerText(), /biased at prior: 0\.160 of the gradient/),
    20_000,
  );
  await session.picture("testing-failed");
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
  await page.locator(".test-output-peek-tree").getByText("bent.ts: straight-through is unbiased").click();
  await page.getByRole("link", { name: "Show the bias panel" }).first().click();
  const tile = session.window.webview(extensionId).locator('[data-panel="bias"]');
  await tile.locator(".bias-row.biased").waitFor({ timeout: 30_000 });
  await session.picture("testing-panel");
});
