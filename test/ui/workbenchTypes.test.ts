import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../scripts/lib/root";
import { eventually } from "./support/eventually";
import { startSession } from "./support/session";
import type { Session } from "./support/session";

let session: Session;
const folder = realpathSync(mkdtempSync(join(tmpdir(), "gradlens-fresh-")));
const written = join(folder, "node_modules", "gradlens", "index.d.ts");

before(async () => {
  session = await startSession({ workspace: folder });
});
after(async () => {
  await session?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const problems = (): Promise<string | null> =>
  session.page.locator('[id="status.problems"] a').getAttribute("aria-label");

test("New Model File writes a model into an empty folder and offers what TypeScript lacks", async () => {
  const { window, page } = session;
  await window.run("Gradient Lens: New Model File");
  const input = window.input();
  await eventually(async () => assert.match(await input.inputValue(), /model\.ts$/));
  await input.fill(join(folder, "first.ts"));
  await page.locator(".quick-input-widget:visible").getByRole("button", { name: "OK" }).click();
  await window.line("first.ts", /defineModel\(/).waitFor();
  assert.equal(
    readFileSync(join(folder, "first.ts"), "utf8"),
    readFileSync(join(root, "media/templates/model.ts"), "utf8"),
  );
  await window.notification(/does not know "gradlens"/).waitFor();
  await session.picture("types-missing");
});

test("Set Up Types says what it writes, writes nothing when told not to, and then TypeScript finds everything", async () => {
  const { window, page } = session;
  await window
    .notification(/does not know "gradlens"/)
    .getByRole("button", { name: "Set Up Types" })
    .click();
  const dialog = window.dialog(/Write package\.json and index\.d\.ts into .*node_modules\/gradlens/);
  await dialog.waitFor();
  await session.picture("types-question-dark");
  await session.setTheme("light");
  await session.picture("types-question-light");
  await session.setTheme("dark");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(existsSync(written), false);
  await eventually(async () => assert.match((await problems()) ?? "", /Errors: [1-9]/), 120_000);
  await window.run("Gradient Lens: Set Up Types");
  await dialog.getByRole("button", { name: "Write" }).click();
  await window.notification(/TypeScript now knows "gradlens"/).waitFor();
  assert.equal(readFileSync(written, "utf8"), readFileSync(join(root, "dist/types/gradlens.d.ts"), "utf8"));
  await eventually(async () => assert.match((await problems()) ?? "", /No Problems/i));
  await session.picture("types-known");
  await window.run("Gradient Lens: Set Up Types");
  await window.notification(/are up to date/).waitFor();
});
