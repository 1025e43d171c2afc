import type { ComparisonRecord, RunSnapshot } from "../../core/protocol/snapshot";
import { html, setText } from "../dom";
import { exportSvg } from "../exportSvg";
import { runNeed } from "../needs";
import type { DataTable, Panel, PanelContext } from "../panel";
import { text } from "../text";
import { drawCompareChart, ranked, workOf } from "./compareChart";
import { subjectText } from "./subjectText";

/** The last comparison of estimators; while a run goes on, a click trains on with another one. */
export function createComparePanel(): Panel {
  const about = html("span", { class: "quiet" });
  const again = html("button", { type: "button", class: "secondary" }, text("Compare again"));
  const box = html("div", {
    class: "check-scroll",
    tabindex: 0,
    role: "region",
    "aria-label": text("Estimators, best first"),
  });
  const note = html("p", { class: "note" });
  let chart: SVGSVGElement | undefined;
  let shown = "";
  let record: ComparisonRecord | undefined;
  let last: RunSnapshot | undefined;

  function draw(snapshot: RunSnapshot): void {
    last = snapshot;
    const { comparison, estimator, state } = snapshot;
    const width = box.clientWidth;
    if (!comparison || width === 0) return;
    const active = state === "running" || state === "paused";
    const key = `${width} ${estimator} ${active}`;
    if (comparison === record && key === shown) return;
    record = comparison;
    shown = key;
    const focused = box.contains(document.activeElement)
      ? document.activeElement?.getAttribute("data-estimator")
      : null;
    setText(about, subjectText(comparison));
    chart = drawCompareChart(comparison, { width, driving: estimator, active });
    box.replaceChildren(chart);
    if (focused != null) box.querySelector<SVGElement>(`[data-estimator="${CSS.escape(focused)}"]`)?.focus();
    const click = active ? text("Choose a row to train on with it.") : "";
    const bars = text(
      "Bar: variance of one estimate × seconds of a step (log scale); whisker: 95 % interval of the variance.",
    );
    setText(
      note,
      [bars, click, ...comparison.skipped.map((line) => text("Left out: {0}.", line))].filter(Boolean).join(" "),
    );
  }

  const resize = new ResizeObserver(() => last && draw(last));
  return {
    id: "compare",
    title: text("Estimators compared"),
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      {
        text: text("Estimators were compared once"),
        met: snapshot?.comparison != null,
        command: { id: "compareEstimators", title: text("Compare estimators") },
      },
    ],
    mount(element, context: PanelContext) {
      const choose = (target: EventTarget | null): boolean => {
        const row = target instanceof Element ? target.closest<SVGElement>("[data-estimator].choosable") : null;
        const estimator = row?.dataset["estimator"];
        if (estimator !== undefined) context.post({ type: "setEstimator", estimator });
        return estimator !== undefined;
      };
      again.addEventListener("click", () => context.post({ type: "command", command: "compareEstimators" }));
      box.addEventListener("click", ({ target }) => void choose(target));
      box.addEventListener("keydown", (event) => {
        if ((event.key === "Enter" || event.key === " ") && choose(event.target)) event.preventDefault();
      });
      element.append(html("div", { class: "check-head" }, about, again), box, note);
      resize.observe(box);
    },
    update: draw,
    table: compareTable,
    svg: () => (chart ? exportSvg(chart) : ""),
    dispose: () => resize.disconnect(),
  };
}

function compareTable({ comparison }: RunSnapshot): DataTable {
  const entries = comparison ? ranked(comparison) : [];
  return {
    caption: comparison
      ? text("Estimators of {0}, best first by variance × seconds of a step.", subjectText(comparison))
      : "",
    columns: [
      { title: text("Estimator"), kind: "text" },
      { title: text("Verdict"), kind: "text" },
      { title: text("Variance"), unit: "loss²/parameter²", kind: "number" },
      { title: text("Interval low"), kind: "number" },
      { title: text("Interval high"), kind: "number" },
      { title: text("Seconds of a step"), unit: "s", kind: "number" },
      { title: text("Evaluations of a step"), kind: "number" },
      { title: text("Variance × seconds"), kind: "number" },
    ],
    rows: entries.map((entry) => [
      entry.id,
      entry.verdict,
      entry.variance,
      entry.interval?.[0] ?? null,
      entry.interval?.[1] ?? null,
      entry.secondsPerStep,
      entry.evaluationsPerStep,
      entry.variance === 0 ? 0 : workOf(entry),
    ]),
    newestFirst: false,
    total: entries.length,
  };
}
