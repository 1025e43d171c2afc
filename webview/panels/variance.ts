import type { RunSnapshot } from "../../core/protocol/snapshot";
import { html, svg } from "../dom";
import { exportSvg } from "../exportSvg";
import { runNeed } from "../needs";
import type { DataTable, Panel, PanelContext } from "../panel";
import { text } from "../text";
import { createVarianceDetail, type VarianceDetail } from "./varianceDetail";
import { createVarianceOverview, type VarianceOverview } from "./varianceOverview";
import { rowHeight } from "./varianceRow";

/** Gradient variance of every parameter, and one of them in detail: beside the list where there is room, else in its place. */
export function createVariancePanel(): Panel {
  let overview: VarianceOverview;
  let detail: VarianceDetail;
  let box: HTMLElement;
  let context: PanelContext;
  let last: RunSnapshot | undefined;
  let shown: string | null = null;

  function open(parameter: string): void {
    context.select(parameter);
    if (last) draw(last);
    detail.focus();
  }

  function draw(snapshot: RunSnapshot): void {
    last = snapshot;
    const { selectedParameter } = context.view.get();
    const known =
      selectedParameter !== null &&
      snapshot.variance.some(({ parameters }) => parameters.some(({ name }) => name === selectedParameter));
    const parameter = known ? selectedParameter : null;
    box.classList.toggle("with-detail", parameter !== null);
    detail.element.hidden = parameter === null;
    overview.update(snapshot);
    if (parameter !== null) {
      detail.update(snapshot, parameter);
      if (parameter !== shown) overview.show(parameter);
    }
    shown = parameter;
  }

  return {
    id: "variance",
    title: text("Gradient variance"),
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      {
        text: text("Diagnostics are on and have measured the gradient once"),
        met: (snapshot?.variance.length ?? 0) > 0,
      },
    ],
    mount(element, given) {
      context = given;
      overview = createVarianceOverview(context, open);
      detail = createVarianceDetail(context, () => {
        const parameter = context.view.get().selectedParameter;
        context.select(null);
        if (last) draw(last);
        if (parameter !== null) box.querySelector<HTMLElement>(`[data-parameter="${CSS.escape(parameter)}"]`)?.focus();
      });
      box = html("div", { class: "variance" }, overview.element, detail.element);
      element.append(box);
    },
    update: draw,
    table: varianceTable,
    svg: () =>
      shown === null
        ? exportSvg(overviewPicture(overview), document.querySelector(".shared-defs defs"))
        : exportSvg(detail.picture()),
    dispose() {
      overview.dispose();
      detail.dispose();
    },
  };
}

/** The list as one picture; in the page only until the file is made. */
function overviewPicture(overview: VarianceOverview): SVGSVGElement {
  const rows = overview.rows();
  const barWidth = overview.axis.clientWidth || 200;
  const height = (rows.length + 1) * rowHeight;
  const width = 180 + barWidth + 150 + 90;
  const place = (child: SVGSVGElement, x: number, y: number): SVGGElement =>
    svg("g", { transform: `translate(${x},${y})` }, ...[...child.childNodes].map((node) => node.cloneNode(true)));
  const label = (x: number, y: number, content: string, anchor = "start"): SVGTextElement =>
    svg("text", { class: "picture-text", x, y, "text-anchor": anchor }, content);
  const picture = svg(
    "svg",
    { class: "chart off-page", width, height, viewBox: `0 0 ${width} ${height}` },
    label(8, 20, text("Parameter")),
    place(overview.axis, 180, 6),
    label(180 + barWidth + 70, 20, text("Variance"), "end"),
    label(180 + barWidth + 140, 20, text("SNR"), "end"),
    ...rows.flatMap(({ name, bar, spark, element }, index) => {
      const y = (index + 1) * rowHeight;
      const [total = "", snr = ""] = [...element.querySelectorAll(".cell.numeric")].map(
        (cell) => cell.textContent ?? "",
      );
      return [
        label(8, y + 19, name),
        place(bar, 180, y),
        label(180 + barWidth + 70, y + 19, total, "end"),
        label(180 + barWidth + 140, y + 19, snr, "end"),
        place(spark, 180 + barWidth + 150, y),
      ];
    }),
  );
  document.body.append(picture);
  queueMicrotask(() => picture.remove());
  return picture;
}

function varianceTable({ variance, model }: RunSnapshot, limit = Infinity): DataTable {
  const perRecord = Math.max(1, variance.at(-1)?.parameters.length ?? 1);
  return {
    caption: text(
      "Gradient variance of {0}: one estimate of the batch-mean loss, summed over each tensor's elements.",
      model,
    ),
    columns: [
      { title: text("Step"), kind: "count" },
      { title: text("Parameter"), kind: "text" },
      { title: text("Monte Carlo"), unit: "loss²/parameter²", kind: "number" },
      { title: text("Interval low"), kind: "number" },
      { title: text("Interval high"), kind: "number" },
      { title: text("Level"), kind: "share" },
      { title: text("Data"), unit: "loss²/parameter²", kind: "number" },
      { title: text("Total"), unit: "loss²/parameter²", kind: "number" },
      { title: text("Drift"), unit: "loss²/parameter²", kind: "number" },
      { title: text("Drift low"), kind: "number" },
      { title: text("Drift high"), kind: "number" },
      { title: text("Drift since step"), kind: "count" },
      { title: text("SNR"), kind: "number" },
      { title: text("Draws"), kind: "count" },
      { title: text("Degrees of freedom"), kind: "count" },
    ],
    rows: variance
      .slice(-Math.ceil(limit / perRecord))
      .flatMap(({ step, parameters, driftSince }) =>
        parameters.map(({ name, monteCarlo, interval, level, data, total, snr, draws, degreesOfFreedom, ...rest }) => [
          step,
          name,
          monteCarlo,
          interval?.[0] ?? null,
          interval?.[1] ?? null,
          level,
          data,
          total,
          rest.drift ?? null,
          rest.driftInterval?.[0] ?? null,
          rest.driftInterval?.[1] ?? null,
          driftSince ?? null,
          snr,
          draws,
          degreesOfFreedom,
        ]),
      ),
    newestFirst: true,
    total: variance.reduce((sum, { parameters }) => sum + parameters.length, 0),
  };
}
