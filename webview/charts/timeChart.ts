import {
  area,
  axisBottom,
  axisLeft,
  line,
  scaleLinear,
  select,
  symbol,
  symbolsFill,
  type ScaleContinuousNumeric,
} from "d3";
import { html, svg } from "../dom";
import { formatCount, formatTick } from "../format";
import { text } from "../text";
import { decimate } from "../../core/charts/decimate";
import { createLegend } from "./legend";
import { dashOf, type ChartData, type ChartSeries } from "../../core/charts/series";
import { logTicks, valueExtent, valueScale } from "../../core/charts/valueScale";
import { bindZoom } from "./bindZoom";
import type { ZoomDomain } from "./zoomDomain";

const margin = { top: 8, right: 22, bottom: 22, left: 58 };

export interface TimeChart {
  /** The chart with its legend. */
  readonly element: HTMLElement;
  readonly svg: SVGSVGElement;
  update(data: ChartData, zoom: ZoomDomain | null): void;
  dispose(): void;
}

interface Frame {
  readonly data: ChartData;
  readonly x: ScaleContinuousNumeric<number, number>;
  readonly y: ScaleContinuousNumeric<number, number>;
  readonly width: number;
  readonly height: number;
}

/**
 * Values against training steps: lines drawn with at most four points per pixel, bands, points with error bars, change markers.
 * Drag, wheel (while focused), + and − zoom and pan along the steps; 0, Home or a double click shows everything. The owner
 * answers `onZoom` with an update of every chart that shares the zoom.
 */
export function createTimeChart(label: string, onZoom: (zoom: ZoomDomain | null) => void): TimeChart {
  const id = `clip-${Math.random().toString(36).slice(2)}`;
  const clip = svg("rect");
  const layers = {
    grid: svg("g", { class: "grid" }),
    xAxis: svg("g", { class: "axis" }),
    yAxis: svg("g", { class: "axis" }),
    axisTitle: svg("text", { class: "axis-title", "text-anchor": "middle" }),
    marks: svg("g", { "clip-path": `url(#${id})` }),
    rule: svg("line", { class: "rule" }),
  };
  const root = svg(
    "svg",
    { class: "chart", tabindex: 0, role: "img", "aria-label": label },
    svg("defs", {}, svg("clipPath", { id }, clip)),
    ...Object.values(layers),
  );
  const legend = createLegend();
  const plot = html("div", { class: "plot" }, root);
  const element = html("div", { class: "time-chart" }, legend.element, plot);
  let current: { data: ChartData; zoom: ZoomDomain | null } | undefined;
  let frame: Frame | undefined;
  let size = { width: 0, height: 0 };
  let pointer: number | null = null;

  const zooming = bindZoom(root, {
    extent: () => current?.data.extent ?? [0, 1],
    domain: () => current?.zoom ?? current?.data.extent ?? [0, 1],
    plot: () => ({ left: margin.left, width: frame ? frame.width - margin.left - margin.right : 1 }),
    change: onZoom,
    hover(x) {
      pointer = x;
      drawPointer();
    },
  });

  const resize = new ResizeObserver(([entry]) => {
    // Remembered, because asking an element for its size in mid-drawing costs a layout.
    size = { width: Math.floor(entry?.contentRect.width ?? 0), height: Math.floor(entry?.contentRect.height ?? 0) };
    draw();
  });
  resize.observe(plot);

  function draw(): void {
    const { width, height } = size;
    if (!current || width < 80 || height < 40) return;
    const { data, zoom } = current;
    const domain = zoom ?? data.extent;
    const x = scaleLinear()
      .domain(domain[0] === domain[1] ? [domain[0] - 1, domain[1] + 1] : domain)
      .range([margin.left, width - margin.right]);
    const y = valueScale(valueExtent(data.series, domain, data.log), data.log, [height - margin.bottom, margin.top]);
    frame = { data, x, y, width, height };
    root.setAttribute("viewBox", `0 0 ${width} ${height}`);
    root.setAttribute("width", String(width));
    root.setAttribute("height", String(height));
    const inner = width - margin.left - margin.right;
    for (const [name, value] of [
      ["x", margin.left - 1],
      ["y", 0],
      ["width", inner + 6],
      ["height", height - margin.bottom],
    ] as const) {
      clip.setAttribute(name, String(value));
    }
    drawAxes(frame);
    drawMarks(layers.marks, frame);
    drawPointer();
  }

  function drawAxes({ data, x, y, width, height }: Frame): void {
    const rows = Math.max(2, Math.min(6, Math.floor(height / 36)));
    select(layers.xAxis)
      .attr("transform", `translate(0,${height - margin.bottom})`)
      .call(
        axisBottom(x)
          .ticks(Math.max(2, Math.floor(width / 90)))
          .tickFormat((value) => formatCount(Number(value)))
          .tickSizeOuter(0),
      );
    const shown = data.log ? logTicks(y.domain(), rows) : y.ticks(rows);
    select(layers.yAxis)
      .attr("transform", `translate(${margin.left},0)`)
      .call(
        axisLeft(y)
          .tickValues(shown)
          .tickFormat((value) => formatTick(Number(value)))
          .tickSizeOuter(0),
      );
    select(layers.grid)
      .selectAll("line")
      .data(shown)
      .join("line")
      .attr("x1", margin.left)
      .attr("x2", width - margin.right)
      .attr("y1", (value) => y(value))
      .attr("y2", (value) => y(value));
    layers.axisTitle.setAttribute(
      "transform",
      `translate(11,${(height - margin.bottom + margin.top) / 2}) rotate(-90)`,
    );
    layers.axisTitle.textContent = data.axis;
  }

  function drawPointer(): void {
    if (!frame) return;
    const { data, x, width, height } = frame;
    const inside = pointer !== null && pointer >= margin.left && pointer <= width - margin.right;
    const step = inside && pointer !== null ? x.invert(pointer) : null;
    layers.rule.classList.toggle("hidden", step === null);
    if (step !== null) {
      for (const [name, value] of [
        ["x1", pointer],
        ["x2", pointer],
        ["y1", margin.top],
        ["y2", height - margin.bottom],
      ] as const) {
        layers.rule.setAttribute(name, String(value));
      }
    }
    legend.update(data.series, step);
  }

  return {
    element,
    svg: root,
    update(data, zoom) {
      current = { data, zoom };
      draw();
    },
    dispose() {
      resize.disconnect();
      zooming.dispose();
      element.remove();
    },
  };
}

/** Draws bands, lines, points and markers of a frame. */
function drawMarks(layer: SVGGElement, frame: Frame): void {
  const { data, x, y, height } = frame;
  const domain = x.domain() as [number, number];
  const buckets = Math.max(1, Math.round((x.range()[1] ?? 1) - (x.range()[0] ?? 0)));
  const known = (value: number | undefined): boolean =>
    value !== undefined && Number.isFinite(value) && (!data.log || value > 0);
  const kept = new Map<ChartSeries, number[]>(
    data.series.map((series) => [series, decimate(series.steps, series.values, domain, buckets)]),
  );
  const indices = (series: ChartSeries): number[] => kept.get(series) ?? [];
  const at = (values: ArrayLike<number> | undefined, index: number): number => y(values?.[index] ?? NaN);

  const markers = data.markers.filter(({ step }) => step >= domain[0] && step <= domain[1]);
  select(layer)
    .selectAll<SVGGElement, (typeof markers)[number]>("g.change")
    .data(markers, ({ step, label }) => `${step} ${label}`)
    .join((enter) => {
      const group = enter.append("g").attr("class", "change");
      group.append("line").attr("y1", margin.top).attr("stroke-dasharray", "1 3");
      group.append("path").attr("d", "M0 0l5 -6h-10z");
      group
        .append("text")
        .attr("x", 6)
        .attr("y", margin.top + 9);
      return group;
    })
    .attr("transform", ({ step }) => `translate(${x(step)},0)`)
    .each(function ({ label }) {
      select(this)
        .select("line")
        .attr("y2", height - margin.bottom);
      select(this)
        .select("path")
        .attr("transform", `translate(0,${height - margin.bottom})`);
      select(this).select("text").text(text("→ {0}", label));
    });

  select(layer)
    .selectAll<SVGPathElement, ChartSeries>("path.band")
    .data(
      data.series.filter((series) => series.low && !series.points),
      (series) => series.id,
    )
    .join("path")
    .attr("class", (series) => `band series-${series.look}`)
    .attr("d", (series) =>
      area<number>()
        .digits(1)
        .defined((index) => known(series.low?.[index]) && known(series.high?.[index]))
        .x((index) => x(series.steps[index] ?? NaN))
        .y0((index) => at(series.low, index))
        .y1((index) => at(series.high, index))(indices(series)),
    );

  select(layer)
    .selectAll<SVGPathElement, ChartSeries>("path.line")
    .data(data.series, (series) => series.id)
    .join("path")
    .attr("class", (series) => `line series-${series.look}${series.faint ? " faint" : ""}`)
    .attr("stroke-dasharray", dashOf)
    .attr("d", (series) =>
      line<number>()
        .digits(1)
        .defined((index) => known(series.values[index]))
        .x((index) => x(series.steps[index] ?? NaN))
        .y((index) => at(series.values, index))(indices(series)),
    );

  const points = data.series.flatMap((series) =>
    series.points
      ? indices(series)
          .slice(-2000)
          .filter((index) => known(series.values[index]))
          .map((index) => ({ series, index }))
      : [],
  );
  select(layer)
    .selectAll<SVGGElement, (typeof points)[number]>("g.point")
    .data(points, ({ series, index }) => `${series.id} ${index}`)
    .join((enter) => {
      const group = enter.append("g");
      group.append("line");
      group.append("path");
      return group;
    })
    .attr("class", ({ series }) => `point series-${series.look}`)
    .attr("transform", ({ series, index }) => `translate(${x(series.steps[index] ?? 0)},0)`)
    .each(function ({ series, index }) {
      const group = select(this);
      const centre = at(series.values, index);
      const bar = known(series.low?.[index]) && known(series.high?.[index]);
      group
        .select("line")
        .attr("y1", bar ? at(series.low, index) : centre)
        .attr("y2", bar ? at(series.high, index) : centre);
      group
        .select("path")
        .attr("d", symbol(symbolsFill[series.look % symbolsFill.length], 36)())
        .attr("transform", `translate(0,${centre})`);
    });
}
