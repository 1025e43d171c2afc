import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { SourceLocation } from "../../core/protocol/source";
import { describeColumn } from "../charts/describeColumn";
import { stackSvg } from "../charts/stackSvg";
import { stepFrame } from "../charts/stepFrame";
import { createTimeChart } from "../charts/timeChart";
import type { ZoomDomain } from "../charts/zoomDomain";
import { html, setText } from "../dom";
import { createFactList } from "../factList";
import { formatCount, formatInterval, formatNumber, formatPercent, formatShape } from "../format";
import { icon } from "../icon";
import type { PanelContext } from "../panel";
import { text } from "../text";
import { parameterHistory, type ParameterHistory } from "./parameterHistory";

export interface VarianceDetail {
  readonly element: HTMLElement;
  update(snapshot: RunSnapshot, parameter: string): void;
  focus(): void;
  picture(): SVGSVGElement;
  dispose(): void;
}

/** One parameter: its numbers, and the history of its Monte Carlo and data variance and of its SNR. */
export function createVarianceDetail(context: PanelContext, close: () => void): VarianceDetail {
  const back = html(
    "button",
    { type: "button", class: "tool back", title: text("All parameters"), "aria-label": text("All parameters") },
    icon("back"),
  );
  const title = html("h3", { tabindex: -1 });
  const shape = html("span", { class: "shape" });
  const reveal = html("button", { type: "button", class: "link" }, text("Show source"));
  const facts = createFactList([
    ["monteCarlo", text("Monte Carlo")],
    ["interval", text("Interval")],
    ["data", text("Data")],
    ["total", text("Total")],
    ["drift", text("Drift")],
    ["driftInterval", text("Interval of drift")],
    ["snr", text("SNR")],
    ["draws", text("Draws")],
    ["freedom", text("Degrees of freedom")],
  ]);
  const logBox = html("input", { type: "checkbox", checked: context.view.get().detailLog });
  const reset = html("button", { type: "button", class: "link" }, text("Show all steps"));
  const zoom = (domain: ZoomDomain | null): void => {
    context.view.set({ detailZoom: domain });
    draw();
  };
  const keys = text("Plus and minus zoom, arrows pan, zero shows everything.");
  const variance = createTimeChart(`${text("Variance over steps.")} ${keys}`, zoom);
  const snr = createTimeChart(`${text("Signal to noise ratio over steps.")} ${keys}`, zoom);
  const element = html(
    "div",
    { class: "detail" },
    html(
      "div",
      { class: "detail-head" },
      back,
      title,
      shape,
      reveal,
      html("div", { class: "controls" }, reset, html("label", {}, logBox, text("Log scale"))),
    ),
    facts.element,
    html(
      "div",
      { class: "stack" },
      html("div", { class: "stack-part" }, variance.element),
      html("div", { class: "stack-part" }, snr.element),
    ),
  );
  let shown: { snapshot: RunSnapshot; parameter: string } | undefined;
  let source: SourceLocation | undefined;
  let cached: { records: RunSnapshot["variance"]; parameter: string; history: ParameterHistory } | undefined;

  back.addEventListener("click", close);
  reset.addEventListener("click", () => zoom(null));
  reveal.addEventListener("click", () => source && context.post({ type: "reveal", source }));
  logBox.addEventListener("change", () => {
    context.view.set({ detailLog: logBox.checked });
    draw();
  });

  function historyOf({ variance: records }: RunSnapshot, parameter: string): ParameterHistory {
    if (cached?.records !== records || cached.parameter !== parameter) {
      cached = { records, parameter, history: parameterHistory(records, parameter) };
    }
    return cached.history;
  }

  function draw(): void {
    if (!shown) return;
    const { snapshot, parameter } = shown;
    const history = historyOf(snapshot, parameter);
    const latest = history.records.at(-1);
    setText(title, parameter);
    setText(shape, latest ? formatShape(latest.shape) : "");
    source = snapshot.graph.nodes.find(({ name, kind }) => name === parameter && kind === "parameter")?.source;
    reveal.hidden = source === undefined;
    facts.set("monteCarlo", formatNumber(latest?.monteCarlo ?? null));
    facts.set("interval", formatInterval(latest?.interval ?? null, latest?.level ?? 0.95));
    facts.set("data", formatNumber(latest?.data ?? null));
    facts.set("total", formatNumber(latest?.total ?? null));
    facts.set("drift", formatNumber(latest?.drift ?? null));
    facts.set("driftInterval", formatInterval(latest?.driftInterval ?? null, latest?.level ?? 0.95));
    facts.set("snr", formatNumber(latest?.snr ?? null));
    facts.set("draws", formatCount(latest?.draws ?? null));
    facts.set("freedom", formatCount(latest?.degreesOfFreedom ?? null));
    const { detailZoom, detailLog } = context.view.get();
    reset.classList.toggle("invisible", detailZoom === null);
    const frame = stepFrame(snapshot, history.steps);
    const { steps, monteCarlo, data, low, high } = history;
    variance.update(
      {
        series: [
          {
            id: "mc",
            title: text("Monte Carlo, {0} band", formatPercent(latest?.level ?? 0.95)),
            steps,
            values: monteCarlo,
            low,
            high,
            look: 0,
            describe: describeColumn(monteCarlo),
          },
          { id: "data", title: text("data"), steps, values: data, look: 1, describe: describeColumn(data) },
        ],
        ...frame,
        log: detailLog,
        axis: text("variance"),
      },
      detailZoom,
    );
    snr.update(
      {
        series: [
          {
            id: "snr",
            title: text("SNR of one estimate"),
            steps,
            values: history.snr,
            look: 3,
            solid: true,
            describe: describeColumn(history.snr),
          },
        ],
        ...frame,
        log: detailLog,
        axis: text("SNR"),
      },
      detailZoom,
    );
  }

  return {
    element,
    update(snapshot, parameter) {
      shown = { snapshot, parameter };
      draw();
    },
    focus: () => title.focus({ preventScroll: true }),
    picture: () => stackSvg([variance, snr]),
    dispose() {
      variance.dispose();
      snr.dispose();
    },
  };
}
