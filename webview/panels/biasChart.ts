import { axisBottom, scaleLog, select, type ScaleContinuousNumeric } from "d3";
import type { BiasRecord } from "../../core/protocol/snapshot";
import { svg } from "../dom";
import { formatCount, formatPercent, formatTick } from "../format";
import { text } from "../text";
import { logTicks } from "../charts/valueScale";
import { relativeBiasText } from "./biasText";
import { verdictMark, verdictWord } from "./verdictMark";

const rowHeight = 30;
const topHeight = 22;
const axisHeight = 24;

/** One row per parameter: name, verdict, relative bias with its interval on a log scale beside the margin, and the numbers. */
export function drawBiasChart(record: BiasRecord, width: number): SVGSVGElement {
  const { parameters, margin } = record;
  const numbers = width >= 520 ? 170 : 0;
  const left = Math.min(280, Math.max(190, width * 0.4));
  const right = Math.max(left + 60, width - numbers - 12);
  const bottom = topHeight + parameters.length * rowHeight;
  const height = bottom + axisHeight;
  const x = biasScale(record, [left, right]);
  const [low, high] = x.domain() as [number, number];
  const at = (value: number): number => x(Math.min(high, Math.max(low, value)));
  const label = (px: number, py: number, content: string, style: string): SVGTextElement =>
    svg("text", { class: `picture-text ${style}`, x: px, y: py }, content);
  const axis = svg("g", { class: "axis", transform: `translate(0,${bottom})` });
  select(axis).call(
    axisBottom(x)
      .tickValues([...logTicks(x.domain(), Math.max(2, Math.floor((right - left) / 60)))])
      .tickFormat((value) => formatTick(Number(value))),
  );
  const rows = parameters.map((parameter, index) => {
    const { name, verdict, relativeBias, interval, moreDraws } = parameter;
    const y = topHeight + index * rowHeight + rowHeight / 2;
    const more =
      verdict !== "undecided"
        ? ""
        : moreDraws === null
          ? text("draws needed: unknown")
          : text("about {0} more draws", formatCount(moreDraws));
    const spread = interval && interval[1] > interval[0];
    const row = svg(
      "g",
      { class: `bias-row ${verdict}` },
      svg(
        "title",
        {},
        `${name}: ${verdictWord(verdict)}, ${relativeBiasText(relativeBias, interval)}${more && `, ${more}`}`,
      ),
      label(4, y + 4, clipped(name, (left - 112) / 7), "row-name"),
      verdictMark(verdict, left - 96, y),
      label(left - 84, y + 4, verdictWord(verdict), "row-verdict"),
      ...(spread
        ? [
            svg("path", {
              class: "whisker",
              d: `M${at(interval[0])} ${y}H${at(interval[1])}m0 -5v10M${at(interval[0])} ${y - 5}v10`,
            }),
          ]
        : []),
      ...(relativeBias === null ? [] : [pointAt(at(relativeBias), y, relativeBias < low)]),
      ...(numbers > 0
        ? [
            label(right + 14, more ? y - 2 : y + 4, relativeBiasText(relativeBias, interval), "row-number"),
            ...(more ? [label(right + 14, y + 11, more, "row-more")] : []),
          ]
        : []),
    );
    row.dataset["parameter"] = name;
    return row;
  });
  const limit = at(margin);
  return svg(
    "svg",
    {
      class: "chart bias-chart",
      role: "img",
      "aria-label": text(
        "Relative bias of every parameter beside the margin of {0}; the table has the numbers.",
        formatPercent(margin),
      ),
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
    },
    svg("path", { class: "margin-line", d: `M${limit} ${topHeight - 4}V${bottom}` }),
    label(Math.min(limit + 4, width - 84), 13, text("margin {0}", formatPercent(margin)), "row-more"),
    ...rows,
    axis,
  );
}

/** A dot, or an arrow to the left where the value lies below the axis. */
function pointAt(x: number, y: number, below: boolean): SVGElement {
  return below
    ? svg("path", { class: "bias-point", d: `M${x - 1} ${y}l8 -5v10z` })
    : svg("circle", { class: "bias-point", cx: x, cy: y, r: 4 });
}

/** From a hundredth of the margin, or what there is to see above it, to the largest end. */
function biasScale(
  { parameters, margin }: BiasRecord,
  range: [number, number],
): ScaleContinuousNumeric<number, number> {
  const ends = parameters.flatMap(({ relativeBias, interval }) => [relativeBias, interval?.[1] ?? null]);
  const largest = Math.max(margin * 10, ...ends.filter((end): end is number => end !== null && Number.isFinite(end)));
  return scaleLog()
    .domain([margin / 100, largest * 1.3])
    .range(range);
}

function clipped(name: string, letters: number): string {
  return name.length <= letters ? name : `…${name.slice(-Math.max(4, Math.floor(letters) - 1))}`;
}
