import type { RunSnapshot } from "../../core/protocol/snapshot";
import { html, setText } from "../dom";
import { runNeed } from "../needs";
import type { DataTable, Panel, PanelContext } from "../panel";
import { createPictureBox } from "../pictureBox";
import { text } from "../text";
import { drawCompareChart, ranked, workOf } from "./compareChart";
import { onRow } from "./rowChart";
import { subjectText } from "./subjectText";

/** The last comparison of estimators; while a run goes on, a click trains on with another one. */
export function createComparePanel(): Panel {
  const about = html("span", { class: "quiet" });
  const again = html("button", { type: "button", class: "secondary" }, text("Compare again"));
  const isActive = ({ state }: RunSnapshot): boolean => state === "running" || state === "paused";
  const box = createPictureBox({
    label: text("Estimators, best first"),
    inputs: (snapshot) => (snapshot.comparison ? [snapshot.comparison, snapshot.estimator, isActive(snapshot)] : null),
    draw: (snapshot, width) =>
      drawCompareChart(snapshot.comparison!, { width, driving: snapshot.estimator, active: isActive(snapshot) }),
  });
  const note = html("p", { class: "note" });
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
      again.addEventListener("click", () => context.post({ type: "command", command: "compareEstimators" }));
      onRow(box.element, (estimator) => context.post({ type: "setEstimator", estimator }));
      element.append(html("div", { class: "check-head" }, about, again), box.element, note);
    },
    update(snapshot) {
      const comparison = snapshot.comparison!;
      setText(about, subjectText(comparison));
      const click = isActive(snapshot) ? text("Choose a row to train on with it.") : "";
      const bars = text(
        "Bar: variance of one estimate × seconds of a step (log scale); whisker: 95 % interval of the variance.",
      );
      const learned = comparison.warmUp
        ? text("Control variates learned for {0} steps first, parameters as they are.", comparison.warmUp)
        : "";
      const skipped = comparison.skipped.map((line) => text("Left out: {0}.", line));
      setText(note, [bars, learned, click, ...skipped].filter(Boolean).join(" "));
      box.update(snapshot);
    },
    table: compareTable,
    svg: () => box.svg(),
    dispose: () => box.dispose(),
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
      { title: text("Seconds of a step (least)"), unit: "s", kind: "number" },
      { title: text("Seconds of a step (median)"), unit: "s", kind: "number" },
      { title: text("Evaluations of a step"), kind: "number" },
      { title: text("Variance × seconds"), kind: "number" },
      { title: text("Efficiency"), kind: "number" },
      { title: text("Efficiency low"), kind: "number" },
      { title: text("Efficiency high"), kind: "number" },
      { title: text("Efficiency by evaluations"), kind: "number" },
    ],
    rows: entries.map((entry) => [
      entry.id,
      entry.verdict,
      entry.variance,
      entry.interval?.[0] ?? null,
      entry.interval?.[1] ?? null,
      entry.secondsPerStep,
      entry.medianSecondsPerStep,
      entry.evaluationsPerStep,
      entry.variance === 0 ? 0 : workOf(entry),
      entry.efficiency,
      entry.efficiencyInterval?.[0] ?? null,
      entry.efficiencyInterval?.[1] ?? null,
      entry.efficiencyByEvaluations,
    ]),
    newestFirst: false,
    total: entries.length,
  };
}
