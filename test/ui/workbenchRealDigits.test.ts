import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "./support/eventually";
import { extensionId, startSession } from "./support/session";
import type { Session } from "./support/session";

const folder = resolve(process.env["GRADLENS_DATA"] ?? ".");
const skip =
  process.env["GRADLENS_DATA"] !== undefined &&
  existsSync(join(folder, "mnist")) &&
  existsSync(join(folder, "binarized-mnist"))
    ? false
    : "GRADLENS_DATA names no folder with mnist and binarized-mnist";

let session: Session | undefined;

before(async () => {
  if (skip === false) session = await startSession({ settings: { "gradlens.dataFolder": folder } });
});
after(() => session?.stop());

const nets = [
  { file: "sbn-200.ts", name: "sbn-200", dataset: /^binarized-mnist/, variance: /^encode\/weight: .* SNR/ },
  {
    file: "structured-prediction-200-200.ts",
    name: "structured-prediction-200-200",
    dataset: /^mnist-top-bottom/,
    variance: /^second\/weight: .* SNR/,
  },
];

for (const { file, name, dataset, variance } of nets) {
  test(`${name} trains on real digits from the palette`, { skip }, async () => {
    const { window, page } = session!;
    await window.openFile(file);
    await window.run("Gradient Lens: Run Training");
    const running = window.dialog(/is being trained/).getByRole("button", { name: "Stop and Run" });
    const estimator = window
      .rows()
      .filter({ hasText: /muprop-c-vn-idb|muprop-c/ })
      .first();
    await running.or(estimator).first().waitFor();
    if (await running.isVisible()) await running.click();
    await window.pick(/^muprop-c/);
    await window.rows().filter({ hasText: dataset }).first().click();
    await eventually(async () => {
      const text = await window.statusBarItem(extensionId, "gradlens.status").innerText();
      assert.match(text, /steps\/s/);
    }, 90_000);
    const panels = window.webview(extensionId);
    await panels
      .getByText(new RegExp(String(dataset).slice(2, -1)))
      .first()
      .waitFor();
    await window.openContainer("Gradient Lens");
    await window.treeItem(variance).waitFor();
    await page.waitForTimeout(3000); // lets the pictures show a curve, nothing is asserted on it
    await session!.picture(`real-digits-${name}`);
  });
}
