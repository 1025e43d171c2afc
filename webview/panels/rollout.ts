import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { RolloutParameter, RolloutRecord } from "../../core/protocol/trunks";
import { html, setText } from "../dom";
import { formatCount, formatInterval, formatNumber } from "../format";
import { runNeed } from "../needs";
import type { DataTable, Panel } from "../panel";
import { createPictureBox } from "../pictureBox";
import { text } from "../text";
import { drawnNodes } from "./drawnNodes";
import { drawRatioChart, effectWord, ratioEffect, type RatioRow } from "./ratioChart";

/** What restarting MuProp's mean-field network at every sampled layer would do to the variance, and what it would cost. */
export function createRolloutPanel(): Panel {
  const verdict = html("strong", { role: "status" });
  const cost = html("span", { class: "quiet" });
  const box = createPictureBox({
    label: text("Rollout by parameter"),
    inputs: ({ rollout }) => (rollout ? [rollout] : null),
    draw: ({ rollout }, width) =>
      drawRatioChart(
        rows(rollout!).map(ratioRow),
        text("Variance with rollout over that of MuProp; the table has the numbers."),
        width,
      ),
  });
  const note = html(
    "p",
    { class: "note" },
    text(
      "Variance with rollout over that of MuProp, under the same noise (log scale); whisker: 95 % interval. It pays where variance times time falls. Measured again and again while this panel is in view.",
    ),
  );
  return {
    id: "rollout",
    title: text("MuProp's rollout"),
    watches: "rollout",
    // With one node a rollout restarts nothing: it is MuProp.
    applies: (snapshot) => snapshot.rollout != null || drawnNodes(snapshot) >= 2,
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      {
        text: text("A rollout was measured, as it is while this panel is in view"),
        met: snapshot?.rollout != null,
      },
    ],
    mount(element) {
      element.append(html("div", { class: "check-head" }, verdict, cost), box.element, note);
    },
    update(snapshot) {
      setText(verdict, rolloutVerdict(snapshot.rollout!));
      setText(cost, rolloutCost(snapshot.rollout!));
      box.update(snapshot);
    },
    table: rolloutTable,
    svg: () => box.svg(),
    dispose: () => box.dispose(),
  };
}

/** "A rollout would cut the variance to 0.789 times MuProp's: it does not pay." */
function rolloutVerdict({ whole, pays, refusal }: RolloutRecord): string {
  if (!whole) return text("Not measured: {0}.", refusal ?? text("unknown"));
  const told = {
    lowers: text("A rollout would cut the variance to {0} times MuProp's", formatNumber(whole.ratio)),
    raises: text("A rollout would raise the variance to {0} times MuProp's", formatNumber(whole.ratio)),
    unknown: text("A rollout's variance is not told from MuProp's"),
  }[ratioEffect(whole)];
  if (pays === null) return text("{0}; whether it pays is unknown.", told);
  return pays ? text("{0}: it pays.", told) : text("{0}: it does not pay.", told);
}

function rolloutCost({
  whole,
  secondsRatio,
  secondsInterval,
  evaluationsRatio,
  level,
  draws,
  step,
}: RolloutRecord): string {
  if (!whole) return "";
  return [
    text("variance {0}", formatInterval(whole.interval, level)),
    text(
      "{0} times the time, {1} in six turns",
      formatNumber(secondsRatio),
      secondsInterval ? `${formatNumber(secondsInterval[0])} to ${formatNumber(secondsInterval[1])}` : text("unknown"),
    ),
    text("{0} times the evaluations", formatNumber(evaluationsRatio)),
    text("{0} draws at step {1}", formatCount(draws), formatCount(step)),
  ].join(" · ");
}

function rows({ whole, parameters }: RolloutRecord): readonly Omit<RolloutParameter, "shape">[] {
  return whole ? [{ name: text("all parameters"), ...whole }, ...parameters] : [];
}

function ratioRow({ name, muprop, ratio, interval }: Omit<RolloutParameter, "shape">): RatioRow {
  const range = interval ? `${formatNumber(interval[0])} to ${formatNumber(interval[1])}` : text("interval unknown");
  return { name, ratio, interval, detail: text("MuProp {0}", formatNumber(muprop)), more: range };
}

function rolloutTable({ rollout }: RunSnapshot): DataTable {
  const found = rollout ? rows(rollout) : [];
  return {
    caption: rollout
      ? [
          text("{0}, step {1}.", rollout.model, formatCount(rollout.step)),
          rolloutVerdict(rollout),
          rolloutCost(rollout),
        ].join(" ")
      : "",
    columns: [
      { title: text("Parameter"), kind: "text" },
      { title: text("Effect"), kind: "text" },
      { title: text("MuProp's variance"), kind: "number" },
      { title: text("Variance with rollout"), kind: "number" },
      { title: text("Ratio"), kind: "number" },
      { title: text("Interval low"), kind: "number" },
      { title: text("Interval high"), kind: "number" },
    ],
    rows: found.map((row) => [
      row.name,
      effectWord(ratioEffect(row)),
      row.muprop,
      row.rollout,
      row.ratio,
      row.interval?.[0] ?? null,
      row.interval?.[1] ?? null,
    ]),
    newestFirst: false,
    total: found.length,
  };
}
