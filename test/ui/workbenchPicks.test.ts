import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "./support/eventually";
import { type ModelSession, startModelSession } from "./support/modelSession";
import { extensionId } from "./support/session";

let session: ModelSession;

before(async () => {
  session = await startModelSession();
});
after(() => session?.stop());

const status = (): Promise<string> => session.window.statusBarItem(extensionId, "gradlens.status").innerText();

async function titled(text: string): Promise<void> {
  await session.page.locator(".quick-input-widget:visible .quick-input-title").filter({ hasText: text }).waitFor();
}

test("Run Training asks for export, estimator and data set, one after the other, with a way back", async () => {
  const { window, page } = session;
  await window.openFile("tinyNet.ts");
  await window.run("Gradient Lens: Run Training");
  await titled("Run Training (1/2)");
  const labels = window.rows().locator(".quick-input-list-row:first-child .label-name");
  assert.deepEqual(await labels.allInnerTexts(), ["tiny-net", "other-net"]);
  await session.picture("picks-export");
  await window.pick("tiny-net");
  await titled("Run Training (2/2)");
  await window.rows().filter({ hasText: "the model file's" }).waitFor();
  await session.picture("picks-estimator");
  await page.getByRole("button", { name: "Back" }).click();
  await titled("Run Training (1/2)");
  await window.pick("tiny-net");
  await titled("Run Training (2/2)");
  await window.pick(/^muprop-c/);
  await eventually(async () => assert.match(await status(), /steps\/s/));
});

test("the next time the last choice comes first, and a run that goes on is not ended without a question", async () => {
  const { window, page } = session;
  await window.editor("tinyNet.ts").click();
  await window.run("Gradient Lens: Run Training");
  const dialog = window.dialog(/tiny-net is being trained/);
  await dialog.getByRole("button", { name: "Stop and Run" }).click();
  await titled("Run Training (1/2)");
  assert.match((await window.rows().first().innerText()).replace(/\s+/g, " "), /tiny-net ?default · last choice/);
  await window.pick("tiny-net");
  await titled("Run Training (2/2)");
  assert.match(await window.rows().first().innerText(), /muprop-c[\s\S]*last choice/);
  await page.keyboard.press("Escape");
});

test("a model that throws is told in one sentence with a way to its line or the log", async () => {
  const { window } = session;
  await window.openFile("throwing.ts");
  await window.run("Gradient Lens: Run Training");
  const message = window.notification(/this model throws on purpose/);
  await message.waitFor();
  assert.doesNotMatch(await message.innerText(), /\n\s+at /);
  assert.equal(await message.getByRole("button", { name: /^(Go to Line|Show Log)$/ }).count(), 1);
  await session.picture("model-throws");
});
