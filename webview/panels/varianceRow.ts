import { line, type ScaleContinuousNumeric } from "d3";
import type { ParameterVariance, VarianceRecord } from "../../core/protocol/variance";
import { decimate } from "../../core/charts/decimate";
import { html, setText, svg } from "../dom";
import { formatInterval, formatNumber } from "../format";
import { text } from "../text";
import { findNamed } from "./parameterHistory";

export const rowHeight = 30;
const sparkWidth = 84;
const barHeight = 12;

/** One parameter in the overview. */
export interface VarianceRow {
  readonly element: HTMLElement;
  readonly name: string;
  readonly bar: SVGSVGElement;
  readonly spark: SVGSVGElement;
  update(
    entry: ParameterVariance,
    records: readonly VarianceRecord[],
    x: ScaleContinuousNumeric<number, number>,
    width: number,
  ): void;
}

export function createVarianceRow(name: string): VarianceRow {
  const hidden = (content: string): HTMLElement => html("span", { class: "visually-hidden" }, content);
  const details = hidden("");
  const total = html("span", { class: "cell numeric" });
  const snr = html("span", { class: "cell numeric" });
  const monteCarlo = svg("rect", { class: "monte-carlo", y: 9, height: barHeight });
  const data = svg("rect", { class: "data-part", y: 9, height: barHeight });
  const whisker = svg("path", { class: "whisker" });
  const bar = svg("svg", { class: "bar", height: rowHeight, "aria-hidden": "true" }, monteCarlo, data, whisker);
  const trace = svg("path", { class: "line series-0" });
  const spark = svg("svg", { class: "spark", width: sparkWidth, height: rowHeight, "aria-hidden": "true" }, trace);
  const element = html(
    "div",
    { class: "row", role: "option", tabindex: -1, "aria-selected": "false", title: name },
    html("span", { class: "cell name" }, name),
    html("span", { class: "cell" }, bar),
    hidden(text("variance")),
    total,
    hidden(text("signal to noise ratio")),
    snr,
    details,
    html("span", { class: "cell spark-cell" }, spark),
  );
  element.dataset["parameter"] = name;

  let shown: { entry: ParameterVariance; records: readonly VarianceRecord[]; scale: string } | undefined;

  return {
    element,
    name,
    bar,
    spark,
    update(entry, records, x, width) {
      const scale = `${x.domain().join()} ${x.range().join()} ${width}`;
      if (shown?.entry === entry && shown.records === records && shown.scale === scale) return;
      setText(total, formatNumber(entry.total ?? entry.monteCarlo));
      setText(snr, formatNumber(entry.snr));
      setText(details, describe(entry));
      bar.setAttribute("width", String(width));
      drawBar(entry, x);
      if (shown?.records !== records) trace.setAttribute("d", sparkline(records, name));
      shown = { entry, records, scale };
    },
  };

  function drawBar(entry: ParameterVariance, x: ScaleContinuousNumeric<number, number>): void {
    const start = x.range()[0] ?? 0;
    const place = (value: number): number => Math.max(start, x(Math.max(value, x.domain()[0] ?? value)));
    const sum = entry.total ?? entry.monteCarlo;
    const end = sum !== null && sum > 0 ? place(sum) : start;
    const part = entry.data === null ? sum : entry.monteCarlo;
    const share = part !== null && sum ? Math.min(1, Math.max(0, part / sum)) : 0;
    const split = start + (end - start) * share;
    monteCarlo.setAttribute("x", String(start));
    monteCarlo.setAttribute("width", String(split - start));
    data.setAttribute("x", String(split));
    data.setAttribute("width", String(end - split));
    const rest = sum !== null && entry.monteCarlo !== null ? sum - entry.monteCarlo : 0;
    const ends = entry.interval?.map((value) => place(Math.max(value + rest, 0)).toFixed(1));
    whisker.setAttribute("d", ends && sum ? `M${ends[0]} 15H${ends[1]}M${ends[0]} 11v8M${ends[1]} 11v8` : "");
  }
}

/** What a row shows without words, for those who cannot see it. */
function describe(entry: ParameterVariance): string {
  return text(
    "Monte Carlo {0}, interval {1}, data {2}",
    formatNumber(entry.monteCarlo),
    formatInterval(entry.interval, entry.level),
    formatNumber(entry.data),
  );
}

/** The total's history on a log scale of its own. */
function sparkline(records: readonly VarianceRecord[], name: string): string {
  const hint = records.at(-1)?.parameters.findIndex((parameter) => parameter.name === name) ?? -1;
  const steps = new Float64Array(records.length);
  const values = new Float64Array(records.length);
  let low = Infinity;
  let high = -Infinity;
  records.forEach((record, index) => {
    const entry = findNamed(record.parameters, name, hint);
    const sum = entry?.total ?? entry?.monteCarlo ?? null;
    const value = sum !== null && sum > 0 ? Math.log(sum) : NaN;
    steps[index] = record.step;
    values[index] = value;
    if (value < low) low = value;
    if (value > high) high = value;
  });
  const first = steps[0] ?? 0;
  const last = steps.at(-1) ?? 0;
  if (!(last > first) || low > high) return "";
  const span = high - low || 1;
  return (
    line<number>()
      .defined((index) => !Number.isNaN(values[index]))
      .x((index) => 2 + (((steps[index] ?? 0) - first) / (last - first)) * (sparkWidth - 4))
      .y((index) => rowHeight - 5 - (((values[index] ?? 0) - low) / span) * (rowHeight - 10))
      .digits(1)(decimate(steps, values, [first, last], sparkWidth)) ?? ""
  );
}
