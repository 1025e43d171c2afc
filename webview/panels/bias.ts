import type { BiasRecord } from "../../core/protocol/bias";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import { html, setText, svg } from "../dom";
import { runNeed } from "../needs";
import type { DataTable, Panel, PanelContext } from "../panel";
import { createPictureBox } from "../pictureBox";
import { text } from "../text";
import { drawBiasChart } from "./biasChart";
import { methodSentence, verdictSentence } from "./biasText";
import { asSentence } from "./asSentence";
import { onRow } from "./rowChart";
import { subjectText } from "./subjectText";
import { verdictMark } from "./verdictMark";

/** The last check of bias: one verdict per parameter, with the bias beside the margin. */
export function createBiasPanel(): Panel {
  const mark = svg("svg", { class: "swatch", width: 14, height: 16, "aria-hidden": "true" });
  const verdict = html("strong", { role: "status" });
  const about = html("span", { class: "quiet" });
  const again = html("button", { type: "button", class: "secondary" }, text("Check again"));
  const box = createPictureBox({
    label: text("Bias by parameter"),
    inputs: ({ bias }) => (bias ? [bias] : null),
    draw: ({ bias }, width) => drawBiasChart(bias!, width),
  });
  const notes = html("p", { class: "note" });
  let shown: BiasRecord | undefined;

  return {
    id: "bias",
    title: text("Bias check"),
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      {
        text: text("The estimator's bias was checked once"),
        met: snapshot?.bias != null,
        command: { id: "checkBias", title: text("Check bias") },
      },
    ],
    mount(element, context: PanelContext) {
      again.addEventListener("click", () => context.post({ type: "command", command: "checkBias" }));
      onRow(box.element, (parameter) => context.select(parameter));
      element.append(
        html("div", { class: "check-head" }, html("div", { class: "check-verdict" }, mark, verdict), about, again),
        box.element,
        notes,
      );
    },
    update(snapshot) {
      const record = snapshot.bias!;
      if (record !== shown) {
        mark.replaceChildren(verdictMark(record.verdict, 7, 8));
        setText(verdict, verdictSentence(record));
        setText(about, subjectText(record));
        setText(notes, [methodSentence(record), ...record.notes.map(asSentence)].join(" "));
      }
      shown = record;
      box.update(snapshot);
    },
    table: biasTable,
    svg: () => box.svg(),
    dispose: () => box.dispose(),
  };
}

function biasTable({ bias }: RunSnapshot): DataTable {
  const parameters = bias?.parameters ?? [];
  return {
    caption: bias ? `${verdictSentence(bias)} ${methodSentence(bias)}` : "",
    columns: [
      { title: text("Parameter"), kind: "text" },
      { title: text("Verdict"), kind: "text" },
      { title: text("‖bias‖/‖gradient‖"), kind: "number" },
      { title: text("Interval low"), kind: "number" },
      { title: text("Interval high"), kind: "number" },
      { title: text("Level"), kind: "share" },
      { title: text("‖gradient‖"), kind: "number" },
      { title: text("Variance"), unit: "loss²/parameter²", kind: "number" },
      { title: text("Reference"), kind: "text" },
      { title: text("Draws"), kind: "count" },
      { title: text("More draws, about"), kind: "count" },
    ],
    rows: parameters.map(({ name, verdict, relativeBias, interval, gradientNorm, variance, moreDraws }) => [
      name,
      verdict,
      relativeBias,
      interval?.[0] ?? null,
      interval?.[1] ?? null,
      bias?.level ?? "",
      gradientNorm,
      variance,
      bias?.reference ?? "",
      bias?.draws ?? "",
      moreDraws,
    ]),
    newestFirst: false,
    total: parameters.length,
  };
}
