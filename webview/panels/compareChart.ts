import { axisBottom, scaleLog, select, type ScaleContinuousNumeric } from "d3";
import type { ComparedEstimator, ComparisonRecord } from "../../core/protocol/snapshot";
import { logTicks } from "../charts/valueScale";
import { svg } from "../dom";
import { formatNumber, formatTick } from "../format";
import { text } from "../text";
import { verdictMark, verdictWord } from "./verdictMark";

const rowHeight = 28;
const topHeight = 8;
const axisHeight = 24;
const barHeight = 12;

/** Variance of one estimate times the seconds of a step: what one unit of time leaves of the noise. Null without variance. */
export function workOf({ variance, secondsPerStep }: ComparedEstimator): number | null {
  return variance === null || variance === 0 ? null : variance * secondsPerStep;
}

/** Best first: without noise, then by variance × time, unknown last. */
export function ranked({ estimators }: ComparisonRecord): readonly ComparedEstimator[] {
  const rank = (entry: ComparedEstimator): number => (entry.variance === 0 ? 0 : (workOf(entry) ?? Infinity));
  return [...estimators].sort((a, b) => rank(a) - rank(b));
}

export interface CompareChartOptions {
  readonly width: number;
  /** The estimator that trains now, which is marked. */
  readonly driving: string;
  /** Whether a row can be chosen. */
  readonly active: boolean;
}

/** One row per estimator: verdict, id, a bar of variance × time on a log scale with its whisker, and the number. */
export function drawCompareChart(
  record: ComparisonRecord,
  { width, driving, active }: CompareChartOptions,
): SVGSVGElement {
  const entries = ranked(record);
  const numbers = width >= 480 ? 74 : 0;
  const left = Math.min(190, Math.max(140, width * 0.36));
  const right = Math.max(left + 60, width - numbers - 12);
  const bottom = topHeight + entries.length * rowHeight;
  const x = workScale(entries, [left, right]);
  const [low] = x.domain() as [number, number];
  const axis = svg("g", { class: "axis", transform: `translate(0,${bottom})` });
  select(axis).call(
    axisBottom(x)
      .tickValues([...logTicks(x.domain(), Math.max(2, Math.floor((right - left) / 60)))])
      .tickFormat((value) => formatTick(Number(value))),
  );
  const rows = entries.map((entry, index) => {
    const { id, verdict, interval, secondsPerStep } = entry;
    const y = topHeight + index * rowHeight + rowHeight / 2;
    const work = workOf(entry);
    const ends =
      interval && interval[1] > interval[0] ? interval.map((end) => x(Math.max(low, end * secondsPerStep))) : null;
    const value = entry.variance === 0 ? text("no noise") : formatNumber(work);
    const isDriving = id === driving;
    const choice = active && !isDriving ? { role: "button", tabindex: 0 } : { role: "img" };
    const words = isDriving ? text("{0}, trains now", id) : active ? text("Train on with {0}", id) : id;
    const row = svg(
      "g",
      {
        class: `compare-row ${isDriving ? "driving" : ""} ${active && !isDriving ? "choosable" : ""}`,
        ...choice,
      },
      svg("title", {}, `${words}: ${verdictWord(verdict)}, ${text("variance × seconds {0}", value)}`),
      svg("rect", { class: "row-ground", x: 0, y: y - rowHeight / 2 + 1, width, height: rowHeight - 2 }),
      verdictMark(verdict, 12, y),
      svg("text", { class: "picture-text row-name", x: 24, y: y + 4 }, isDriving ? `${id} ◀` : id),
      ...(work === null
        ? []
        : [
            svg("rect", {
              class: "compare-bar",
              x: left,
              y: y - barHeight / 2,
              width: Math.max(1, x(work) - left),
              height: barHeight,
            }),
          ]),
      ...(ends
        ? [svg("path", { class: "whisker", d: `M${ends[0]} ${y}H${ends[1]}m0 -4v8M${ends[0]} ${y - 4}v8` })]
        : []),
      ...(numbers > 0 || work === null
        ? [svg("text", { class: "picture-text row-number", x: work === null ? left + 4 : right + 12, y: y + 4 }, value)]
        : []),
    );
    row.dataset["estimator"] = id;
    return row;
  });
  return svg(
    "svg",
    {
      class: "chart compare-chart",
      role: "group",
      "aria-label": text("Variance of one estimate times seconds of a step, best first"),
      width,
      height: bottom + axisHeight,
      viewBox: `0 0 ${width} ${bottom + axisHeight}`,
    },
    ...rows,
    axis,
  );
}

function workScale(
  entries: readonly ComparedEstimator[],
  range: [number, number],
): ScaleContinuousNumeric<number, number> {
  const values = entries.flatMap((entry) => {
    const ends = entry.interval?.map((end) => end * entry.secondsPerStep) ?? [];
    return [workOf(entry) ?? 0, ...ends].filter((value) => value > 0 && Number.isFinite(value));
  });
  const low = values.length > 0 ? Math.min(...values) : 0.1;
  const high = values.length > 0 ? Math.max(...values) : 1;
  return scaleLog()
    .domain([low / 1.6, Math.max(high * 1.1, low * 2)])
    .range(range);
}
