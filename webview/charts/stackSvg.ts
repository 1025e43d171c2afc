import { svg } from "../dom";

/**
 * Charts below one another in one picture, in the page only as long as the caller's synchronous work (a file is made from it
 * with the colours that the page gives it).
 */
export function stackSvg(charts: readonly SVGSVGElement[]): SVGSVGElement {
  let height = 0;
  let width = 0;
  const parts = charts.map((chart) => {
    const copy = chart.cloneNode(true) as SVGSVGElement;
    copy.setAttribute("y", String(height));
    height += chart.clientHeight;
    width = Math.max(width, chart.clientWidth);
    return copy;
  });
  const stack = svg("svg", { class: "chart off-page", width, height, viewBox: `0 0 ${width} ${height}` }, ...parts);
  document.body.append(stack);
  queueMicrotask(() => stack.remove());
  return stack;
}
