import { axisBottom, axisLeft, extent, scaleLinear, select, symbol, symbolsFill } from "d3";
import type { LatentSpace } from "../../core/protocol/watched";
import { svg } from "../dom";
import { formatPercent, formatTick } from "../format";
import { text } from "../text";

const margin = { top: 10, right: 14, bottom: 36, left: 52 };
const legendHeight = 20;
const entryWidth = 34;
const looks = 6;

/** Hue and shape of a class: together they tell 42 apart. */
const lookOf = (label: number): { hue: number; shape: string } => ({
  hue: label % looks,
  shape: symbol(symbolsFill[label % symbolsFill.length], 30)() ?? "",
});

/** Names of the two axes. */
export function axisTitles({ units, explained }: Pick<LatentSpace, "units" | "explained">): readonly [string, string] {
  if (!explained)
    return units === 1 ? [text("mean of the unit"), ""] : [text("mean of unit 0"), text("mean of unit 1")];
  return [
    text("first principal component, {0} of the variance", formatPercent(explained[0])),
    text("second, {0}", formatPercent(explained[1])),
  ];
}

/** Latent means as points, coloured and shaped by their class. */
export function drawLatentChart(
  latent: LatentSpace,
  labels: Uint8Array | null,
  width: number,
  wanted: number,
): SVGSVGElement {
  const height = Math.max(220, wanted);
  const { points, node } = latent;
  const classes = labels ? [...new Set(labels)].sort((a, b) => a - b) : [];
  const perRow = Math.max(1, Math.floor((width - margin.left) / entryWidth));
  const top = margin.top + Math.ceil(classes.length / perRow) * legendHeight;
  const count = points.length / 2;
  const coordinate = (axis: number): number[] => Array.from({ length: count }, (_, i) => points[2 * i + axis] ?? NaN);
  const [xs, ys] = [coordinate(0), coordinate(1)];
  const scale = (values: readonly number[], range: [number, number]) => {
    const [low = 0, high = 1] = extent(values);
    const room = (high - low) * 0.04 || 0.5;
    return scaleLinear()
      .domain([low - room, high + room])
      .range(range);
  };
  const x = scale(xs, [margin.left, width - margin.right]);
  const y = scale(ys, [height - margin.bottom, top]);
  const along = svg("g", { class: "axis", transform: `translate(0,${height - margin.bottom})` });
  const up = svg("g", { class: "axis", transform: `translate(${margin.left},0)` });
  const tick = (value: { valueOf(): number }): string => formatTick(value.valueOf());
  select(along).call(
    axisBottom(x)
      .ticks(Math.max(2, width / 80))
      .tickFormat(tick),
  );
  select(up).call(
    axisLeft(y)
      .ticks(Math.max(2, height / 50))
      .tickFormat(tick),
  );
  const [first, second] = axisTitles(latent);
  const middle = (top + height - margin.bottom) / 2;
  const mark = (label: number, px: number, py: number): SVGElement => {
    const { hue, shape } = lookOf(label);
    const group = svg("g", { class: `point series-${hue}`, transform: `translate(${px.toFixed(1)},${py.toFixed(1)})` });
    group.append(svg("path", { d: shape }));
    return group;
  };
  return svg(
    "svg",
    {
      class: "chart latent-chart",
      role: "img",
      "aria-label": text("Latent means of {0}, {1} examples; the table has the numbers.", node, count),
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
    },
    ...classes.map((label, i) =>
      svg(
        "g",
        {
          transform: `translate(${margin.left + 8 + (i % perRow) * entryWidth},${10 + Math.floor(i / perRow) * legendHeight})`,
        },
        mark(label, 0, 0),
        svg("text", { x: 9, y: 4 }, String(label)),
      ),
    ),
    along,
    up,
    svg("text", { x: (margin.left + width) / 2, y: height - 5, "text-anchor": "middle" }, first),
    svg("text", { "text-anchor": "middle", transform: `translate(12,${middle}) rotate(-90)` }, second),
    ...xs.map((px, i) => mark(labels?.[i] ?? 0, x(px), y(ys[i] ?? NaN))),
  );
}
