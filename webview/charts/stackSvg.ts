import { svg } from "../dom";
import type { TimeChart } from "./timeChart";

const legendHeight = 20;
/** Width of a letter of the legend, pixels. */
const letter = 6.6;

/**
 * Charts with their legends below one another in one picture, in the page only as long as the caller's synchronous work (a file
 * is made from it with the colours that the page gives it).
 */
export function stackSvg(charts: readonly TimeChart[]): SVGSVGElement {
  let height = 0;
  let width = 0;
  const parts = charts.flatMap((chart) => {
    const copy = chart.svg.cloneNode(true) as SVGSVGElement;
    const names = legendRow(chart.element, height);
    copy.setAttribute("y", String(height + legendHeight));
    height += legendHeight + chart.svg.clientHeight;
    width = Math.max(width, chart.svg.clientWidth);
    return [names, copy];
  });
  const stack = svg("svg", { class: "chart off-page", width, height, viewBox: `0 0 ${width} ${height}` }, ...parts);
  document.body.append(stack);
  queueMicrotask(() => stack.remove());
  return stack;
}

/** Dashes and names of the series; the values that the page shows belong to one step and stay out. */
function legendRow(chart: HTMLElement, y: number): SVGGElement {
  let x = 10;
  const entries = [...chart.querySelectorAll(".legend-items li")].flatMap((item) => {
    const swatch = item.querySelector("svg");
    const name = item.querySelector("span")?.textContent ?? "";
    const picture = svg(
      "g",
      { transform: `translate(${x},4)` },
      ...[...(swatch?.childNodes ?? [])].map((node) => node.cloneNode(true)),
    );
    const label = svg("text", { x: x + 32, y: 13 }, name);
    x += 32 + name.length * letter + 20;
    return [picture, label];
  });
  return svg("g", { transform: `translate(0,${y})` }, ...entries);
}
