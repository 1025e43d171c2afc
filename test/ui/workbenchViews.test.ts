import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { extensionId, startSession } from "./support/session";
import type { Session } from "./support/session";

let session: Session;
before(async () => {
  session = await startSession();
});
after(() => session?.stop());

test("before the first run the views say what to do, with one button", async () => {
  const { window, page } = session;
  await window.openContainer("Gradient Lens");
  const sidebar = page.locator(".part.sidebar");
  await sidebar.getByText("Train a model to see the gradient variance").waitFor();
  await sidebar.getByText("No run yet.").waitFor();
  assert.deepEqual(await sidebar.locator(".welcome-view-content a.monaco-button").allInnerTexts(), ["Run Training"]);
  await session.picture("views-empty");
});

test("every setting can be found and read on the settings page", async () => {
  const { window, page } = session;
  await window.run("Gradient Lens: Open Settings");
  const found = page.locator(".settings-editor .settings-count-widget");
  await found.filter({ hasText: "9 Settings Found" }).waitFor();
  await session.picture("settings");
  // Settings that choose what is executed belong to the machine: a workspace or a synchronised profile cannot set them.
  await page.locator(".settings-editor").getByRole("tab", { name: "Remote" }).click();
  await found.filter({ hasText: "14 Settings Found" }).waitFor();
});

test("the walkthrough opens with its pictures", async () => {
  const { window, page } = session;
  await window.run("Welcome: Open Walkthrough...");
  await window.input().fill("Start with Gradient Lens");
  await window.pick("Start with Gradient Lens");
  const guide = page.locator(".gettingStartedContainer");
  await guide.getByText("Variance beside the code").waitFor();
  await page.frameLocator("iframe.webview.ready").frameLocator("#active-frame").locator("svg").first().waitFor();
  for (const theme of ["dark", "light"] as const) {
    await session.setTheme(theme);
    await session.picture(`walkthrough-${theme}`);
  }
  await session.setTheme("dark");
});

test("nothing was started by looking around", async () => {
  assert.equal(await session.window.statusBarItem(extensionId, "gradlens.status").count(), 0);
});
