import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type ThemeName, themes } from "../../scripts/vscode/workbench";
import { accessibilityViolations } from "./support/accessibility";
import { eventually } from "./support/eventually";
import { type ModelSession, startModelSession } from "./support/modelSession";
import { extensionId } from "./support/session";

/** Two stochastic layers, so that there is something for a rollout to draw again and a noise to tell from the other's. */
const model = "tinyNet.ts";
let session: ModelSession;

before(async () => {
  session = await startModelSession({
    env: { GRADLENS_AUTOSTART: model },
    viewport: { width: 1920, height: 1000 },
  });
});
after(() => session?.stop());

test("a rollout is measured beside training once its panel is in view, and the panel says whether it pays", async () => {
  const { window } = session;
  const tile = window.webview(extensionId).locator('[data-panel="rollout"]');
  await tile.waitFor({ timeout: 120_000 });
  await tile.scrollIntoViewIfNeeded();
  await eventually(
    async () =>
      assert.match(
        await tile.innerText(),
        /rollout (would (cut|raise) the variance to [\d.e-]+ times MuProp's|'s variance is not told|changes nothing)/i,
      ),
    120_000,
  );
  for (const theme of Object.keys(themes) as ThemeName[]) {
    await session.setTheme(theme);
    await tile.scrollIntoViewIfNeeded();
    await session.picture(`rollout-${theme}`);
    const frame = await window.webviewFrame(extensionId);
    assert.deepEqual(await accessibilityViolations(frame), [], theme);
  }
  await session.setTheme("dark");
});
