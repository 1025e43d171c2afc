import { axisBottom, scaleLinear, select } from "d3";
import type { ParameterAttribution } from "../../core/protocol/variance";
import { svg } from "../dom";
import { formatPercent } from "../format";
import { text } from "../text";

const rowHeight = 26;
const barHeight = 16;
const legendHeight = 24;
const axisHeight = 24;
/** Width of a letter of a name, pixels. */
const letter = 6.5;
const colours = 6;

/** A stacked bar for each parameter: the shares of its variance by node, with a line at 100 %. */
export function drawAttributionChart(
  parameters: readonly ParameterAttribution[],
  nodes: readonly string[],
  width: number,
): SVGSVGElement {
  const longest = Math.max(...parameters.map(({ name }) => name.length));
  const left = Math.min(Math.max(90, longest * letter + 12), width * 0.45);
  const right = width - 14;
  const bottom = legendHeight + parameters.length * rowHeight;
  const height = bottom + axisHeight;
  const sums = parameters.map(({ nodes: effects }) => effects.reduce((sum, { share }) => sum + (share ?? 0), 0));
  const x = scaleLinear()
    .domain([0, Math.max(1, ...sums)])
    .range([left, right]);
  const axis = svg("g", { class: "axis", transform: `translate(0,${bottom})` });
  select(axis).call(
    axisBottom(x)
      .ticks(Math.max(2, Math.floor((right - left) / 70)))
      .tickFormat((value) => formatPercent(Number(value))),
  );
  const label = (px: number, py: number, content: string, style: string): SVGTextElement =>
    svg("text", { class: `picture-text ${style}`, x: px, y: py }, content);
  const rows = parameters.map(({ name, nodes: effects }, index) => {
    const y = legendHeight + index * rowHeight + (rowHeight - barHeight) / 2;
    const shares = new Map(effects.map(({ node, share }) => [node, share ?? 0]));
    let from = 0;
    const segments = nodes.map((node, i) => {
      const share = shares.get(node) ?? 0;
      const [start, end] = [x(from), x(from + share)];
      from += share;
      const room = end - start;
      const shown = room > node.length * letter + 8;
      return svg(
        "g",
        {},
        svg("rect", {
          class: `effect series-${i % colours}`,
          x: start,
          y,
          width: Math.max(0, room),
          height: barHeight,
        }),
        ...(shown ? [label((start + end) / 2, y + barHeight - 4, node, "effect-name")] : []),
      );
    });
    const told = effects.map(({ node, share }) => text("{0} from {1}", formatPercent(share), node)).join(", ");
    return svg(
      "g",
      {},
      svg("title", {}, `${name}: ${told}`),
      label(0, y + barHeight - 3, name, "row-name"),
      ...segments,
    );
  });
  let at = 0;
  const legend = nodes.map((node, i) => {
    const entry = svg(
      "g",
      { transform: `translate(${at},0)` },
      svg("rect", { class: `effect series-${i % colours}`, x: 0, y: 2, width: 14, height: 12 }),
      label(19, 12, node, "row-more"),
    );
    at += node.length * letter + 36;
    return entry;
  });
  return svg(
    "svg",
    {
      class: "chart attribution-chart",
      role: "img",
      "aria-label": text("Share of each parameter's variance by node; the table has the numbers."),
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
    },
    ...legend,
    ...rows,
    svg("path", { class: "margin-line", d: `M${x(1)} ${legendHeight - 4}V${bottom}` }),
    axis,
  );
}
