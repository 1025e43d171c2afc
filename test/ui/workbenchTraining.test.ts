import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ThemeName } from "../../scripts/vscode/workbench";
import { eventually } from "./support/eventually";
import { type ModelSession, startModelSession } from "./support/modelSession";
import { extensionId } from "./support/session";

const model = "beliefNet.ts";
let session: ModelSession;

before(async () => {
  session = await startModelSession({
    env: { GRADLENS_AUTOSTART: model },
    viewport: { width: 1920, height: 1000 },
  });
});
after(() => session?.stop());

const status = (): Promise<string> => session.window.statusBarItem(extensionId, "gradlens.status").innerText();

/** Inline texts of the model file, top to bottom. */
async function inline(): Promise<readonly string[]> {
  return (await session.window.decorations(model)).flatMap(({ text }) => (text ? [text] : []));
}

async function measured(): Promise<readonly string[]> {
  return eventually(async () => {
    const texts = await inline();
    assert.ok(
      texts.some((text) => /^weight variance \d.* bias variance \d/.test(text)),
      texts.join("\n"),
    );
    assert.ok(
      texts.some((text) => /^variance \d.* · SNR/.test(text)),
      texts.join("\n"),
    );
    assert.ok(
      texts.some((text) => /^muprop-c · [\d.]+ % of the variance upstream/.test(text)),
      texts.join("\n"),
    );
    return texts;
  });
}

/** Pictures before the inline texts, as SVG. */
async function sparklines(): Promise<readonly string[]> {
  const contents = await session.window.editor(model).evaluate((editor) => {
    const spans = [...editor.querySelectorAll('span[class*="ced-"]')];
    return spans.map((span) => getComputedStyle(span, "::before").content);
  });
  return contents.flatMap((content) => {
    const data = /base64,([^"]+)"/.exec(content)?.[1];
    return data === undefined ? [] : [Buffer.from(data, "base64").toString()];
  });
}

test("with a model named in the environment training starts by itself, panels beside the file", async () => {
  const { window } = session;
  await window.editor(model).waitFor();
  await window.webview(extensionId).locator("main").waitFor();
  await eventually(async () => assert.match(await status(), /^\S* ?(wasm|cpu|tensorflow\S*) [\d.]+ steps\/s/));
});

test("variance stands behind the lines, with sparklines, in every theme", async () => {
  const { page } = session;
  await session.window.run("View: Close Primary Side Bar");
  await measured();
  const strokes = { dark: "#75beff", light: "#1a5fb4", "high-contrast": "#ffffff", "high-contrast-light": "#0f4a85" };
  for (const [theme, stroke] of Object.entries(strokes)) {
    await session.setTheme(theme as ThemeName);
    await measured();
    await eventually(async () => {
      const pictures = await sparklines();
      assert.ok(
        pictures.length >= 3 && pictures.every((svg) => svg.includes(`stroke="${stroke}"`)),
        `${theme}: ${pictures[0]}`,
      );
    });
    await session.picture(`training-${theme}`);
  }
  await session.setTheme("dark");
  assert.equal(await page.locator(".monaco-dialog-box").count(), 0);
});

test("the hover tells the split, the interval and the history", async () => {
  const { window, page } = session;
  const hover = await window.hover(
    window
      .line(model, /parameter\("prior"/)
      .locator("span span")
      .first(),
  );
  await eventually(async () => {
    const words = await hover.innerText();
    for (const part of [/Monte Carlo/, /Data/, /Degrees of freedom/, /95 % interval/, /Show in Panel/])
      assert.match(words, part);
  });
  await page.screenshot({ path: "test-results/ui/training-hover.png" });
  await page.keyboard.press("Escape");
  await page.mouse.move(200, 17);
});

test("the trees list parameters, noisiest first, and the run; a click goes to the source", async () => {
  const { window, page } = session;
  await window.openContainer("Gradient Lens");
  await window.treeItem(/^encode\/weight: .* SNR/).waitFor();
  await window.treeItem(/^belief-net: running/).waitFor();
  assert.equal(
    await page
      .locator(".part.sidebar")
      .getByRole("treeitem", { name: /: .* SNR/ })
      .count(),
    5,
  );
  await session.picture("training-trees");
  const position = page.locator('[id="status.editor.selection"]');
  const clicked = async (): Promise<string> => {
    const before = await position.innerText();
    await window.treeItem(/^prior: /).click();
    return eventually(async () => {
      const now = await position.innerText();
      assert.notEqual(now, before, "the click went nowhere");
      return now;
    });
  };
  // The order follows the variance every few seconds, so one click may meet a row that has just moved there.
  if (!/Ln 12,/.test(await clicked())) assert.match(await clicked(), /Ln 12,/);
});

test("numbers stay at their lines while the file is edited", async () => {
  const { window, page } = session;
  const before = await measured();
  await window.line(model, /import/).click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("const unused = 0;");
  await page.keyboard.press("Enter");
  const line = window.line(model, /parameter\("prior"/);
  await eventually(async () => {
    const texts = await line.evaluate((element) =>
      [...element.querySelectorAll('span[class*="ced-"]')].map((span) => getComputedStyle(span, "::after").content),
    );
    assert.ok(
      texts.some((text) => text.startsWith('"variance ')),
      texts.join(),
    );
  });
  await eventually(async () => assert.equal((await inline()).length, before.length));
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Delete");
  await window.line(model, /const\sunused/).waitFor({ state: "hidden" });
});

test("the run is paused, resumed and given another estimator from the palette", async () => {
  const { window } = session;
  await window.run("Gradient Lens: Pause Training");
  await eventually(async () => assert.match(await status(), /paused at step \d+/));
  await window.run("Gradient Lens: Resume Training");
  await eventually(async () => assert.match(await status(), /steps\/s/));
  await window.run("Gradient Lens: Change Estimator");
  await window.rows().filter({ hasText: "in use" }).waitFor();
  await session.picture("training-estimators");
  await window.input().fill("straight-through");
  await window.pick(/^straight-through/);
  await eventually(async () => assert.ok((await inline()).some((text) => text.startsWith("straight-through"))));
});

test("when the engine is killed one message offers to go on, and the run goes on", async () => {
  const { window, page } = session;
  await window.run("Gradient Lens: Diagnose Engine");
  const report = page.locator('.editor-instance .monaco-editor[data-uri^="gradlens-report:"]');
  const line = report.locator(".view-line").filter({ hasText: /Process\sid:/ });
  const engine = Number(/\d+/.exec(await line.innerText())?.[0]);
  await session.picture("training-report");
  // The checkpoint that a run goes on from is written when it is paused.
  await window.run("Gradient Lens: Pause Training");
  await eventually(async () => assert.match(await status(), /paused/));
  process.kill(engine, "SIGKILL");
  const message = window.notification(/ended with signal SIGKILL while it trained belief-net/);
  await message.waitFor();
  await session.picture("training-crash");
  await message.getByRole("button", { name: "Resume from Last Checkpoint" }).click();
  await eventually(async () => assert.match(await status(), /steps\/s/));
  await session.picture("training-resumed");
});

test("after a stop the run is listed with its last loss and can be resumed", async () => {
  const { window } = session;
  await window.run("Gradient Lens: Stop Training");
  await eventually(async () => assert.match(await status(), /stopped at step \d+/));
  await window.treeItem(/^belief-net: stopped · step \d+ · loss \d/).waitFor();
  await session.picture("training-stopped");
});
