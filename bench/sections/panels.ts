import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startPanelBrowser, tile } from "../../test/ui/panelBrowser";
import { hostShare } from "../measure/hostShare";
import { type FrameCost, panFrames } from "../measure/panFrames";
import { ms, printTable } from "../measure/table";
import type { Section } from "./section";

const root = join(__dirname, "../..");
const FRAMES = 120;
const HOST_SECONDS = 10;

/** Charts that are dragged: 200 parameters, 10 000 steps, variance measured at every fourth. */
const charts = [
  { name: "loss", selector: '[data-panel="loss"] svg.chart' },
  { name: "one parameter's variance", selector: '[data-panel="variance"] .detail svg.chart' },
] as const;

/** Frames of the panels while a chart is dragged, and what a run costs the extension's process. */
export const panels: Section = {
  id: "panels",
  title: "Panels: 200 parameters × 10 000 steps, and the host's share of a core while training",
  async run({ rounds }) {
    const browser = await startPanelBrowser();
    const query = { parameters: 200, steps: 10_000, interval: 4 };
    const { page } = await browser.open({ width: 1400, height: 900, query, timeoutMs: 120_000 });
    await tile(page, "variance").locator(".row[role=option]").first().click();
    await page.locator(charts[1].selector).first().waitFor();
    const rows: string[][] = [];
    for (const { name, selector } of charts) {
      await panFrames(page, selector, 20);
      const found: FrameCost[] = [];
      for (let round = 0; round < rounds; round++) found.push(await panFrames(page, selector, FRAMES));
      const least = (of: (cost: FrameCost) => number): string => ms(Math.min(...found.map(of)));
      rows.push([
        name,
        least(({ all }) => all),
        least(({ script }) => script),
        least(({ styleAndLayout }) => styleAndLayout),
        least(({ frameMs }) => frameMs),
      ]);
    }
    await browser.close();
    printTable(["chart dragged", "processor ms a frame", "script", "style and layout", "frame to frame ms"], rows);
    const engine = join(root, "dist/engine.js");
    if (!existsSync(engine)) execFileSync(process.execPath, [join(root, "esbuild.mjs")], { cwd: root });
    const { share, stepsPerSecond, deltas } = await hostShare(engine, HOST_SECONDS);
    console.log(
      `\nHost: ${(100 * share).toFixed(1)} % of a core over ${HOST_SECONDS} s of training, ${stepsPerSecond.toFixed(0)} steps and ${(deltas / HOST_SECONDS).toFixed(1)} messages to the panels a second.`,
    );
  },
};
