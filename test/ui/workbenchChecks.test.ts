import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Locator } from "playwright-core";
import { eventually } from "./support/eventually";
import { type ModelSession, startModelSession } from "./support/modelSession";
import { extensionId } from "./support/session";

let session: ModelSession;

before(async () => {
  session = await startModelSession({ viewport: { width: 1800, height: 1100 } });
});
after(() => session?.stop());

const tile = (id: string): Locator => session.window.webview(extensionId).locator(`[data-panel="${id}"]`);

async function inline(file: string): Promise<string> {
  return (await session.window.decorations(file)).flatMap(({ text }) => text ?? []).join("\n");
}

test("Check Bias of a model file tells its verdict in a message, in the panel, behind the line and in the hover", async () => {
  const { window } = session;
  await window.openFile("bent.ts");
  await window.run("Gradient Lens: Check Bias");
  const message = window.notification(/straight-through is biased at prior \(all states enumerated\)/);
  await message.waitFor();
  await tile("bias").locator(".bias-row.biased").waitFor();
  assert.match(await tile("bias").innerText(), /straight-through is biased\.[\s\S]*bent, initial parameters/);
  await eventually(async () => assert.match(await inline("bent.ts"), /▲ biased/));
  const hover = await window.hover(window.line("bent.ts", "0.6"));
  await eventually(async () =>
    assert.match(await hover.innerText(), /straight-through: biased · bias [\d.]+ of the gradient/),
  );
  await session.picture("check-bias-file");
});

test("Check Bias of the current run asks which parameters, and training goes on", async () => {
  const { window, page } = session;
  await window.openFile("bent.ts");
  await window.run("Gradient Lens: Run Training");
  await window.pick(/muprop-c/);
  await eventually(async () =>
    assert.match(await window.statusBarItem(extensionId, "gradlens.status").innerText(), /steps\/s/),
  );
  await window.run("Gradient Lens: Check Bias");
  await window.rows().filter({ hasText: "Current run" }).waitFor();
  await session.picture("check-bias-pick");
  await window.pick("Current run");
  await window.notification(/muprop-c is (unbiased|biased|undecided)/).waitFor();
  await eventually(async () =>
    assert.match(await tile("bias").innerText(), /muprop-c is unbiased[\s\S]*bent, step [1-9]/),
  );
  await eventually(async () => assert.match(await inline("bent.ts"), /variance .*✓ unbiased/));
  assert.match(await window.statusBarItem(extensionId, "gradlens.status").innerText(), /steps\/s/);
  await page.keyboard.press("Escape");
});

test("Compare Estimators ranks the chosen ones, and a click in the panel trains on with another", async () => {
  const { window, page } = session;
  await window.run("Gradient Lens: Compare Estimators");
  await window.pick("Current run");
  await window.rows().filter({ hasText: "in use" }).waitFor();
  await session.picture("compare-pick");
  await page.locator(".quick-input-widget:visible").getByRole("button", { name: "OK" }).click();
  await tile("compare").locator(".compare-row.choosable").first().waitFor({ timeout: 120_000 });
  await tile("compare")
    .getByRole("button", { name: /Train on with lr-c/ })
    .click();
  await tile("compare").locator('.compare-row.driving[data-row="lr-c"]').waitFor();
  await session.picture("compare-panel");
});
