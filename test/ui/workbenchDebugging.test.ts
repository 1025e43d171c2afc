import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Locator } from "playwright-core";
import { themes } from "../../scripts/vscode/workbench";
import type { ThemeName } from "../../scripts/vscode/workbench";
import { eventually } from "./support/eventually";
import { type ModelSession, startModelSession } from "./support/modelSession";

const launch = {
  version: "0.2.0",
  configurations: [
    {
      type: "gradlens",
      request: "launch",
      name: "Belief net, alarms over 30 steps",
      program: "${workspaceFolder}/beliefNet.ts",
      estimator: "muprop-c",
      seed: 1,
      stopOnEntry: true,
      spikeWindow: 30,
    },
  ],
};

let session: ModelSession;

before(async () => {
  session = await startModelSession({
    files: { ".vscode/launch.json": JSON.stringify(launch, null, 2) },
    settings: { "gradlens.panels.openOnTrain": false },
    viewport: { width: 1600, height: 1000 },
  });
});
after(() => session?.stop());

const stack = (): Locator => session.page.locator(".debug-call-stack .monaco-list-row");
const variable = (name: string | RegExp): Locator => session.window.treeItem(name).first();
const consoleText = (): Promise<string> => session.page.locator(".repl").innerText();

/** Waits until the frames are these, innermost first. */
async function stands(...frames: readonly (string | RegExp)[]): Promise<void> {
  await eventually(async () => {
    const texts = await stack().allInnerTexts();
    assert.equal(texts.length, frames.length, texts.join("; "));
    frames.forEach((frame, i) => assert.match(texts[i]!, new RegExp(frame)));
  });
}

async function inEveryTheme(name: string): Promise<void> {
  for (const theme of Object.keys(themes) as ThemeName[]) {
    await session.setTheme(theme);
    await session.picture(`${name}-${theme}`);
  }
  await session.setTheme("dark");
}

/** Adds a watch expression as a person does. */
async function watch(expression: string): Promise<void> {
  const { page } = session;
  await page.locator(".pane-header", { hasText: "Watch" }).hover();
  await page.getByRole("button", { name: "Add Expression" }).click();
  const field = page.locator(".debug-watch .monaco-inputbox input");
  await field.fill(expression);
  await page.keyboard.press("Enter");
  await field.waitFor({ state: "hidden" });
}

test("Debug Model stops before the first update and steps one optimisation step at a time", async () => {
  const { window, page } = session;
  await window.openFile("tinyNet.ts");
  await window.run("Gradient Lens: Debug Model");
  await window.rows().filter({ hasText: "other-net" }).waitFor();
  await session.picture("debug-models");
  await window.pick("tiny-net");
  await page.locator(".debug-toolbar").waitFor();
  await stands("training step 0");
  assert.match(await consoleText(), /tiny-net: expected-cost with lr, seed 0\.\s+Step over makes one/);
  await page.keyboard.press("F10");
  await stands("training step 1");
  await page.keyboard.press("F10");
  await stands("training step 2");
  await variable(/^evaluations, value 1$/).waitFor();
  await variable(/^loss, value \d/).waitFor();
});

test("an estimate is stepped into term by term, with each term's tensors in the Variables view", async () => {
  const { page } = session;
  await page.keyboard.press("F11");
  await stands("node h: sample drawn", "estimate, term 1 of 16", "training step 2");
  await variable(/^logits, value \[3\] -?[\d.]+, -?[\d.]+, -?[\d.]+$/).waitFor();
  await variable(/^sample, value \[1, 1, 3\] [01], [01], [01]$/).waitFor();
  for (const term of ["mean-field value", "log-probability", "credited cost", "learning signal", "control variate"]) {
    await page.keyboard.press("F11");
    await stands(`node h: ${term}`, "estimate", "training step 2");
  }
  await page.keyboard.press("F11");
  await stands("node h", "estimate, term 7 of 16", "training step 2");
  await page.keyboard.press("F11");
  await stands(/node h: contribution\s/, "estimate, term 8 of 16", "training step 2");
  await variable(/^score, value norm/).waitFor();
  await inEveryTheme("debug-term");
  await page.keyboard.press("F10");
  await stands("node y: sample drawn", "estimate, term 9 of 16", "training step 2");
  await page.keyboard.press("Shift+F11");
  await stands("training step 2");
});

test("watches read nodes, tensors and measurements; what cannot be read says why", async () => {
  await watch("h.mean");
  await watch('variance("head/weight")');
  await watch("h.nothing");
  await variable(/^h\.mean, value \[1, 1, 3\] 0\.\d+, /).waitFor();
  await variable(/^variance\("head\/weight"\), value [\d.e-]+$/).waitFor();
  await variable(/h\.nothing.*has no "nothing"/).waitFor();
  await session.picture("debug-watch");
});

test("a breakpoint with a condition on the variance stops the run where it holds", async () => {
  const { window, page } = session;
  await window.line("tinyNet.ts", /"prior"/).click();
  await window.run("Debug: Add Conditional Breakpoint...");
  await page.locator(".breakpoint-widget .monaco-editor.focused").waitFor();
  await page.keyboard.type('variance("prior") > 0 && step >= 6');
  await session.picture("debug-condition");
  await page.keyboard.press("Enter");
  await page.locator(".breakpoint-widget").waitFor({ state: "hidden" });
  await page.keyboard.press("F5");
  await stands("parameter prior", "training step 6");
  await session.picture("debug-breakpoint");
  await window.run("Debug: Stop");
  await page.locator(".debug-toolbar").waitFor({ state: "hidden" });
});

test("F5 with a launch.json: a spike stops on the step that made it, and the step is drawn again by another estimator", async () => {
  const { window, page } = session;
  await window.openFile("beliefNet.ts");
  await window.run("View: Show Run and Debug");
  await page.keyboard.press("F5");
  await stands("training step 0");
  await variable(/^evaluations, value 2$/).waitFor();
  await page
    .locator(".debug-breakpoints .monaco-list-row", { hasText: "Variance spike" })
    .locator("input[type=checkbox]")
    .check();
  await page.keyboard.press("F5");
  await stands(/training step (3[0-9]|[4-9][0-9]|\d{3,})/);
  const widget = page.locator(".exception-widget");
  await widget.waitFor();
  assert.match(await widget.innerText(), /norm [\d.]+ is the largest of 31 steps; "\S+" makes [\d.]+ %/);
  await inEveryTheme("debug-spike");
  await window.run("Gradient Lens: Replay Step With Another Estimator");
  await window.input().fill("disarm");
  await window.pick(/^disarm/);
  await eventually(async () => assert.match(await consoleText(), /Step \d+ from the same keys[\s\S]*encode\/weight/));
  await session.picture("debug-replay");
  await window.run("Debug: Stop");
  await page.locator(".debug-toolbar").waitFor({ state: "hidden" });
});
