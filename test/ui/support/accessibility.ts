import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Frame, Page } from "playwright-core";

/**
 * Violations that axe finds in a page or a frame, one line each: rule, impact and places.
 * @param part selector of what is looked at; everything when left out
 */
export async function accessibilityViolations(target: Frame | Page, part?: string): Promise<string[]> {
  const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
  // The page's content security policy does not stop this: it is evaluated through the debugger, not as a script tag.
  await target.evaluate(readFileSync(axe, "utf8"));
  const results = await target.evaluate<AxeResults>(
    `axe.run(${part === undefined ? "document" : JSON.stringify(part)}, { resultTypes: ['violations'], iframes: false })`,
  );
  if (results.passes.length === 0) throw new Error("axe checked nothing");
  return results.violations.map(({ id, impact, nodes }) => {
    return `${id} (${impact}): ${nodes.map((node) => node.target.join(" ")).join(", ")}`;
  });
}
