import type { EvaluationRecord, RunSnapshot } from "../../core/protocol/snapshot";
import { group } from "d3";
import { smooth } from "../../core/charts/smooth";
import type { ChartSeries } from "../../core/charts/series";
import { createTimeChart, type TimeChart } from "../charts/timeChart";
import { html } from "../dom";
import { exportSvg } from "../exportSvg";
import { formatCount, formatNumber, formatPlusMinus, normalQuantile } from "../format";
import { runNeed } from "../needs";
import type { DataTable, Panel, PanelContext } from "../panel";
import { text } from "../text";
import { stackSvg } from "../charts/stackSvg";
import { stepFrame } from "../charts/stepFrame";

const smoothings = [0, 10, 30, 100, 300, 1000, 3000] as const;
/** Error bars of evaluations. */
const level = 0.95;

/** Training loss with its moving average, and the evaluations with error bars, over steps. */
export function createLossPanel(): Panel {
  let context: PanelContext;
  let training: TimeChart;
  let evaluating: TimeChart;
  let evaluationBox: HTMLElement;
  let reset: HTMLButtonElement;
  let logBox: HTMLInputElement;
  let smoothing: HTMLSelectElement;
  let last: RunSnapshot | undefined;
  const columns = lossColumns();

  const zoom = (domain: readonly [number, number] | null): void => {
    context.view.set({ lossZoom: domain });
    if (last) panel.update(last);
  };

  const panel: Panel = {
    id: "loss",
    title: text("Loss and evaluations"),
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      { text: text("A step has been taken"), met: (snapshot?.loss.length ?? 0) > 0 },
    ],
    mount(element, given) {
      context = given;
      const view = context.view.get();
      logBox = html("input", { type: "checkbox", checked: view.lossLog });
      logBox.addEventListener("change", () => {
        context.view.set({ lossLog: logBox.checked });
        context.redraw();
      });
      smoothing = html(
        "select",
        {},
        ...smoothings.map((steps) =>
          html(
            "option",
            { value: steps, selected: steps === view.lossSmoothing },
            steps === 0 ? text("none") : text("{0} steps", formatCount(steps)),
          ),
        ),
      );
      smoothing.addEventListener("change", () => {
        context.view.set({ lossSmoothing: Number(smoothing.value) });
        context.redraw();
      });
      reset = html("button", { type: "button", class: "link" }, text("Show all steps"));
      reset.addEventListener("click", () => zoom(null));
      training = createTimeChart(
        text("Training loss over steps. Plus and minus zoom, arrows pan, zero shows everything."),
        zoom,
      );
      evaluating = createTimeChart(
        text("Evaluations over steps. Plus and minus zoom, arrows pan, zero shows everything."),
        zoom,
      );
      evaluationBox = html("div", { class: "stack-part" }, evaluating.element);
      element.append(
        html(
          "div",
          { class: "controls" },
          html("label", {}, text("Smoothing"), smoothing),
          html("label", {}, logBox, text("Log scale")),
          reset,
        ),
        html("div", { class: "stack" }, html("div", { class: "stack-part" }, training.element), evaluationBox),
      );
    },
    update(snapshot) {
      last = snapshot;
      const { lossZoom, lossLog, lossSmoothing } = context.view.get();
      const { steps, values, lowest } = columns(snapshot);
      const frame = stepFrame(snapshot, steps);
      logBox.disabled = lowest <= 0;
      logBox.title = lowest <= 0 ? text("The loss has values that are not positive") : "";
      const log = lossLog && lowest > 0;
      reset.classList.toggle("invisible", lossZoom === null);
      const raw: ChartSeries = {
        id: "loss",
        title: text("loss"),
        steps,
        values,
        look: 0,
        faint: lossSmoothing > 0,
        describe: (index) => formatNumber(values[index] ?? null, "nats"),
      };
      const series = [raw];
      if (lossSmoothing > 0) {
        const mean = smoothed(steps, values, lossSmoothing);
        series.push({
          ...raw,
          id: "smoothed",
          title: text("loss, smoothed over {0} steps", formatCount(lossSmoothing)),
          values: mean,
          faint: false,
          describe: (index) => formatNumber(mean[index] ?? null, "nats"),
        });
      }
      training.update({ series, ...frame, log, axis: text("loss (nats)") }, lossZoom);
      const evaluations = evaluationSeries(snapshot.evaluations);
      evaluationBox.hidden = evaluations.length === 0;
      if (evaluations.length > 0)
        evaluating.update({ series: evaluations, ...frame, log: false, axis: text("evaluation") }, lossZoom);
    },
    table: lossTable,
    svg: () => exportSvg(stackSvg(evaluationBox.hidden ? [training] : [training, evaluating])),
    dispose() {
      training.dispose();
      evaluating.dispose();
    },
  };

  let smoothKey: { values: Float64Array; constant: number; result: Float64Array } | undefined;
  function smoothed(steps: Float64Array, values: Float64Array, constant: number): Float64Array {
    if (smoothKey?.values !== values || smoothKey.constant !== constant) {
      smoothKey = { values, constant, result: smooth(steps, values, constant) };
    }
    return smoothKey.result;
  }
  return panel;
}

interface LossColumns {
  readonly steps: Float64Array;
  readonly values: Float64Array;
  readonly lowest: number;
}

/** The loss as two columns, made again only when it grew. */
function lossColumns(): (snapshot: RunSnapshot) => LossColumns {
  let source: RunSnapshot["loss"] | undefined;
  let columns: LossColumns = { steps: new Float64Array(), values: new Float64Array(), lowest: 0 };
  return ({ loss }) => {
    if (loss !== source) {
      source = loss;
      const steps = Float64Array.from(loss, ([step]) => step);
      const values = Float64Array.from(loss, ([, value]) => value);
      columns = { steps, values, lowest: values.reduce((low, value) => Math.min(low, value), Infinity) };
    }
    return columns;
  };
}

/** One series of points with error bars for every name; a name keeps its look however many come after it. */
export function evaluationSeries(records: readonly EvaluationRecord[]): ChartSeries[] {
  const byName = group(records, ({ name }) => name);
  const reach = normalQuantile(level);
  return [...byName].map(([name, entries], position) => ({
    id: name,
    title: name,
    steps: entries.map(({ step }) => step),
    values: entries.map(({ value }) => value),
    low: entries.map(({ value, standardError }) => value - reach * standardError),
    high: entries.map(({ value, standardError }) => value + reach * standardError),
    look: (position + 1) % 6,
    points: true,
    describe: (index) =>
      formatPlusMinus(entries[index]?.value ?? null, entries[index]?.standardError ?? null, "nats", level),
  }));
}

function lossTable({ loss, evaluations, model }: RunSnapshot, limit = Infinity): DataTable {
  const rows: (string | number | null)[][] = [
    ...loss.slice(-limit).map(([step, value]) => [step, text("loss"), value, "", ""]),
    ...evaluations.map(({ step, name, value, standardError, samples }) => [step, name, value, standardError, samples]),
  ];
  rows.sort((a, b) => Number(a[0]) - Number(b[0]));
  return {
    caption: text("Training loss and evaluations of {0}. A training loss has no standard error.", model),
    columns: [
      { title: text("Step"), kind: "count" },
      { title: text("Quantity"), kind: "text" },
      { title: text("Value"), unit: "nats", kind: "number" },
      { title: text("Standard error"), unit: "nats", kind: "number" },
      { title: text("Samples"), kind: "count" },
    ],
    rows,
    newestFirst: true,
    total: loss.length + evaluations.length,
  };
}
