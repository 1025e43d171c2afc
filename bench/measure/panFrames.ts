import type { Page } from "playwright-core";

/** Processor time of the page's main thread for one frame, milliseconds. */
export interface FrameCost {
  /** Script, style, layout, paint and all else. */
  readonly all: number;
  readonly script: number;
  readonly styleAndLayout: number;
  /** From one frame to the next, wall-clock time. */
  readonly frameMs: number;
}

/** Zooms a chart in and drags it to and fro, one move of the pointer each animation frame. */
export async function panFrames(page: Page, chart: string, frames: number): Promise<FrameCost> {
  await page.locator(chart).first().focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press("+");
  const session = await page.context().newCDPSession(page);
  // Thread time: what other work on the machine takes does not count.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const metrics = async (): Promise<ReadonlyMap<string, number>> =>
    new Map((await session.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]));
  const before = await metrics();
  const elapsedMs = await page.evaluate(
    async ([selector, count]) => {
      const element = document.querySelector<SVGSVGElement>(selector)!;
      const { left, top, width } = element.getBoundingClientRect();
      const pointer = { pointerId: 1, bubbles: true, clientY: top + 40 };
      // A made-up pointer cannot be captured.
      element.setPointerCapture = () => undefined;
      element.dispatchEvent(new PointerEvent("pointerdown", { ...pointer, clientX: left + width / 2 }));
      const began = performance.now();
      for (let frame = 0; frame < count; frame++) {
        await new Promise((next) => requestAnimationFrame(next));
        const clientX = left + width * (0.5 + 0.3 * Math.sin(frame / 20));
        element.dispatchEvent(new PointerEvent("pointermove", { ...pointer, clientX }));
      }
      await new Promise((next) => requestAnimationFrame(next));
      element.dispatchEvent(new PointerEvent("pointerup", { ...pointer, clientX: left + width / 2 }));
      return performance.now() - began;
    },
    [chart, frames] as const,
  );
  const after = await metrics();
  await session.detach();
  const took = (name: string): number => (1000 * ((after.get(name) ?? NaN) - (before.get(name) ?? NaN))) / frames;
  return {
    all: took("TaskDuration"),
    script: took("ScriptDuration"),
    styleAndLayout: took("RecalcStyleDuration") + took("LayoutDuration"),
    frameMs: elapsedMs / frames,
  };
}
