import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "./support/eventually";
import { startSession } from "./support/session";
import type { Session } from "./support/session";

let session: Session;
before(async () => {
  session = await startSession();
});
after(() => session?.stop());

test("the window opens quietly on the examples", async () => {
  const { page } = session;
  assert.equal(await page.locator(".monaco-dialog-box").count(), 0, "a dialog is open");
  assert.equal(
    await page.locator(".notifications-toasts.visible .notification-list-item").count(),
    0,
    "a message is shown",
  );
  await session.picture("window");
});

test("the palette offers our commands", async () => {
  const { page, window } = session;
  await eventually(async () => {
    await window.openInput("F1", ">Gradient Lens: ");
    const names = await window.rows().locator(".label-name").allInnerTexts();
    assert.ok(names.filter((name) => name.startsWith("Gradient Lens: ")).length >= 3, names.join(", "));
  });
  await session.picture("palette");
  await page.keyboard.press("Escape");
});
