import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startSession } from "./support/session";
import type { Session } from "./support/session";

let session: Session;
before(async () => {
  session = await startSession({
    settings: { "security.workspace.trust.enabled": true, "security.workspace.trust.startupPrompt": "never" },
  });
});
after(() => session?.stop());

test("in a folder that is not trusted nothing can be trained, and the view says why", async () => {
  const { window, page } = session;
  await window.openContainer("Gradient Lens");
  const sidebar = page.locator(".part.sidebar");
  await sidebar.getByText("Training runs the code of the model file").waitFor();
  assert.deepEqual(await sidebar.locator(".welcome-view-content a.monaco-button").allInnerTexts(), [
    "Manage Workspace Trust",
  ]);
  await window.openInput("F1", ">Gradient Lens: ");
  await window.rows().filter({ hasText: "Gradient Lens: Show Log" }).first().waitFor();
  assert.equal(await window.rows().filter({ hasText: "Gradient Lens: Run Training" }).count(), 0);
  await page.keyboard.press("Escape");
  await session.picture("restricted");
});
