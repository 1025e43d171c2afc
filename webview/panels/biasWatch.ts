import { verdictOrder, verdictSeries } from "../../core/charts/verdictSeries";
import type { BiasWatchRecord } from "../../core/protocol/bias";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import { createTimeChart } from "../charts/timeChart";
import { stackSvg } from "../charts/stackSvg";
import { stepFrame } from "../charts/stepFrame";
import type { ZoomDomain } from "../charts/zoomDomain";
import { html, setText } from "../dom";
import { exportSvg } from "../exportSvg";
import { formatCount, formatPercent } from "../format";
import { runNeed } from "../needs";
import type { DataTable, Panel } from "../panel";
import { text } from "../text";
import { relativeBiasText, verdictSentence } from "./biasText";
import { verdictWord } from "./verdictMark";

const isActive = ({ state }: RunSnapshot): boolean => ["starting", "running", "paused"].includes(state);

/** Checks of bias beside training, one after the other: verdicts over the steps whose parameters they are about. */
export function createBiasWatchPanel(): Panel {
  const now = html("strong", { role: "status" });
  const about = html("span", { class: "quiet" });
  const toggle = html("button", { type: "button", class: "secondary" });
  let zoomed: ZoomDomain | null = null;
  let last: RunSnapshot | undefined;
  const chart = createTimeChart(
    text("Relative bias over steps, check by check. Plus and minus zoom, arrows pan, zero shows everything."),
    (domain) => {
      zoomed = domain;
      if (last) draw(last);
    },
  );

  function draw(snapshot: RunSnapshot): void {
    const { checks } = snapshot.biasWatch!;
    const series = verdictSeries(checks, {
      title: verdictWord,
      margin: text("margin"),
      describe: ({ parameter, relativeBias, interval }) => `${parameter}: ${relativeBiasText(relativeBias, interval)}`,
    });
    const frame = stepFrame(snapshot, []);
    chart.update({ series, ...frame, log: false, axis: text("‖bias‖/‖gradient‖") }, zoomed);
  }

  return {
    id: "bias-watch",
    title: text("Bias beside training"),
    needs(snapshot, engine) {
      const watch = snapshot?.biasWatch;
      const asked = watch !== undefined && (watch.on || watch.checks.length > 0 || watch.current !== null);
      const refusal = watch?.refusal ?? null;
      return [
        runNeed(snapshot, engine),
        {
          text: refusal === null ? text("Bias is checked continuously") : text("Bias can be checked: {0}", refusal),
          met: asked,
          command: { id: "toggleBiasWatch", title: text("Check continuously") },
        },
        {
          text: text("The first check has looked at its draws"),
          met: asked && (watch.current !== null || watch.checks.length > 0),
        },
      ];
    },
    mount(element, context) {
      toggle.addEventListener("click", () => context.post({ type: "command", command: "toggleBiasWatch" }));
      element.append(
        html("div", { class: "check-head" }, now, about, toggle),
        html("div", { class: "stack" }, html("div", { class: "stack-part" }, chart.element)),
      );
    },
    update(snapshot) {
      last = snapshot;
      const watch = snapshot.biasWatch!;
      setText(now, nowSentence(watch));
      setText(about, togetherSentence(watch));
      setText(toggle, watch.on ? text("Stop checking") : text("Check continuously"));
      toggle.hidden = !isActive(snapshot);
      draw(snapshot);
    },
    table: watchTable,
    svg: () => exportSvg(stackSvg([chart])),
    dispose: () => chart.dispose(),
  };
}

/** What the check in hand is about and how far it is. */
export function nowSentence({ current, on, refusal }: BiasWatchRecord): string {
  if (refusal !== null) return text("Not checked: {0}", refusal);
  if (!current) return on ? text("The next check begins when the budget allows.") : text("No check goes on.");
  return text(
    "Parameters of step {0}, {1} draws so far: {2}",
    formatCount(current.step),
    formatCount(current.draws ?? 0),
    verdictSentence(current),
  );
}

/** How the checks so far came out, and what may be said of all of them together. */
export function togetherSentence({ checks, current }: BiasWatchRecord): string {
  const level = checks[0]?.level ?? current?.beside?.level ?? null;
  if (level === null) return "";
  const counts = verdictOrder.flatMap((verdict) => {
    const count = checks.filter((check) => check.verdict === verdict).length;
    return count === 0 ? [] : [`${formatCount(count)} ${verdictWord(verdict)}`];
  });
  const ended = counts.length === 0 ? text("No check has ended") : text("Ended: {0}", counts.join(", "));
  return text("{0}. All verdicts of the run hold together at {1}.", ended, formatPercent(level));
}

function watchTable({ biasWatch }: RunSnapshot): DataTable {
  const { checks = [] } = biasWatch ?? {};
  return {
    caption: biasWatch ? togetherSentence(biasWatch) : "",
    columns: [
      { title: text("Step"), kind: "count" },
      { title: text("Ended at step"), kind: "count" },
      { title: text("Estimator"), kind: "text" },
      { title: text("Verdict"), kind: "text" },
      { title: text("Rests on"), kind: "text" },
      { title: text("‖bias‖/‖gradient‖"), kind: "number" },
      { title: text("Interval low"), kind: "number" },
      { title: text("Interval high"), kind: "number" },
      { title: text("Margin"), kind: "share" },
      { title: text("Draws"), kind: "count" },
    ],
    rows: checks.map(({ step, until, estimator, verdict, parameter, relativeBias, interval, margin, draws }) => [
      ...[step, until, estimator, verdictWord(verdict), parameter, relativeBias],
      ...[interval?.[0] ?? null, interval?.[1] ?? null, margin, draws ?? ""],
    ]),
    newestFirst: true,
    total: checks.length,
  };
}
