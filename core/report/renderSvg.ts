import { pictureWidth } from "./charts/picture";
import { element, type Markup } from "./markup";
import type { Report } from "./report";
import { sections } from "./sections/registry";
import { chartStyle } from "./style";

const titleHeight = 34;
const margin = 16;

/** Every chart of the report below one another in one picture, which follows the colour scheme where it is shown. */
export function renderSvg(report: Report): string {
  let y = margin;
  const pieces: Markup[] = [];
  for (const { title, parts } of sections)
    for (const { title: name, picture } of parts(report)) {
      if (!picture) continue;
      pieces.push(
        element("text", { x: margin, y: y + 20, "font-weight": "600" }, name === "" ? title : `${title}: ${name}`),
        element("g", { transform: `translate(${margin},${y + titleHeight})` }, picture.svg),
      );
      y += titleHeight + picture.height + margin;
    }
  const width = pictureWidth + 2 * margin;
  const root = element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "chart",
      role: "img",
      "aria-label": `Gradient diagnosis of ${report.run.model}`,
      viewBox: `0 0 ${width} ${y}`,
      width,
      height: y,
    },
    { markup: `<style>${chartStyle}</style>` },
    element("rect", { width, height: y, fill: "var(--ground)" }),
    ...pieces,
  );
  return `${root.markup}\n`;
}
