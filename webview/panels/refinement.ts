import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { RefinementRecord } from "../../core/protocol/watched";
import { stackSvg } from "../charts/stackSvg";
import { createTimeChart, type TimeChart } from "../charts/timeChart";
import type { ZoomDomain } from "../charts/zoomDomain";
import { html, setText } from "../dom";
import { exportSvg } from "../exportSvg";
import { formatCount, formatNumber, formatPercent, formatPlusMinus, normalQuantile } from "../format";
import { runNeed } from "../needs";
import type { DataTable, Panel } from "../panel";
import { text } from "../text";

const level = 0.95;

/** The bound along the inference steps that refine each example's posterior, against no refinement. */
export function createRefinementPanel(): Panel {
  const advice = html("strong", { role: "status" });
  const about = html("span", { class: "quiet" });
  let zoomed: ZoomDomain | null = null;
  let record: RefinementRecord | undefined;
  const zoom = (domain: ZoomDomain | null): void => {
    zoomed = domain;
    draw();
  };
  const keys = text("Plus and minus zoom, arrows pan, zero shows everything.");
  const gain = createTimeChart(`${text("Gain in the bound over inference steps.")} ${keys}`, zoom);
  const bound = createTimeChart(`${text("Bound over inference steps.")} ${keys}`, zoom);

  function draw(): void {
    if (!record) return;
    const { curve } = record;
    const [share, half] = [formatPercent(level), normalQuantile(level)];
    drawCurve(
      gain,
      curve,
      (point) => [point.gain, half * point.gainError],
      text("gain over no refinement, {0} band", share),
      2,
    );
    drawCurve(bound, curve, (point) => [point.bound, half * point.boundError], text("bound, {0} band", share), 0);
  }

  function drawCurve(
    chart: TimeChart,
    curve: RefinementRecord["curve"],
    of: (point: RefinementRecord["curve"][number]) => readonly [number, number],
    title: string,
    look: number,
  ): void {
    const column = (number: (value: number, width: number) => number): Float64Array =>
      Float64Array.from(curve, (point) => number(...of(point)));
    const values = column((value) => value);
    const series = {
      ...{ id: title, title, look, values, solid: true },
      steps: Float64Array.from(curve, (_, k) => k),
      low: column((value, width) => value - width),
      high: column((value, width) => value + width),
      describe: (k: number): string => formatNumber(values[k] ?? null, text("nats")),
    };
    const extent = [0, Math.max(1, curve.length - 1)] as const;
    chart.update({ series: [series], markers: [], extent, log: false, axis: text("nats") }, zoomed);
  }

  return {
    id: "refinement",
    title: text("Posterior refinement"),
    watches: "refinement",
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      {
        text: text("The model's options ask for inference steps: inference: { steps, rate }"),
        met: snapshot?.views?.includes("refinement") ?? false,
      },
      { text: text("The curve was measured once, while this panel is in view"), met: snapshot?.refinement != null },
    ],
    applies: ({ views = [] }) => views.includes("refinement"),
    mount(element) {
      element.append(
        html("div", { class: "check-head" }, advice, about),
        html(
          "div",
          { class: "stack" },
          html("div", { class: "stack-part" }, gain.element),
          html("div", { class: "stack-part" }, bound.element),
        ),
        html(
          "p",
          { class: "note" },
          text("Against inference steps k, on test examples; the gain is of the same examples and noise."),
        ),
      );
    },
    update(snapshot) {
      const next = snapshot.refinement!;
      if (next === record) return;
      record = next;
      setText(advice, adviceSentence(next));
      setText(
        about,
        text(
          "{0}, rate {1}, {2} examples, step {3}",
          next.node,
          formatNumber(next.rate),
          formatCount(next.examples),
          formatCount(next.step),
        ),
      );
      draw();
    },
    table: refinementTable,
    svg: () => exportSvg(stackSvg([gain, bound])),
    dispose() {
      gain.dispose();
      bound.dispose();
    },
  };
}

/** What the steps gain, and whether fewer would do or more may help. */
export function adviceSentence({ curve }: RefinementRecord): string {
  const steps = curve.length - 1;
  const last = curve[steps];
  const middle = curve[Math.ceil(steps / 2)];
  if (!last || !middle) return "";
  const width = normalQuantile(level) * last.gainError;
  const told = formatPlusMinus(last.gain, last.gainError, text("nats"), level);
  if (last.gain + width < 0)
    return text(
      "{0} inference steps lose {1}: lower inference.rate.",
      steps,
      formatPlusMinus(-last.gain, last.gainError, text("nats"), level),
    );
  if (last.gain - width <= 0) return text("{0} inference steps gain {1}: not told from nothing.", steps, told);
  const share = middle.gain / last.gain;
  const half = text(
    "the first {0} of them {1} of it",
    Math.ceil(steps / 2),
    formatPercent(Math.round(share * 100) / 100),
  );
  return text("{0} inference steps gain {1}, {2}.", steps, told, half);
}

function refinementTable({ refinement }: RunSnapshot): DataTable {
  const rows = (refinement?.curve ?? []).map(({ bound, boundError, gain, gainError }, k) => [
    k,
    bound,
    boundError,
    gain,
    gainError,
  ]);
  return {
    caption: refinement
      ? text(
          "Bound along the inference steps at step {0}, mean over {1} test examples",
          formatCount(refinement.step),
          formatCount(refinement.examples),
        )
      : "",
    columns: [
      { title: text("Inference steps"), kind: "count" },
      { title: text("Bound"), unit: "nats", kind: "number" },
      { title: text("Standard error"), unit: "nats", kind: "number" },
      { title: text("Gain over no refinement"), unit: "nats", kind: "number" },
      { title: text("Standard error of the gain"), unit: "nats", kind: "number" },
    ],
    rows,
    newestFirst: false,
    total: rows.length,
  };
}
