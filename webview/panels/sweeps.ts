import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { SweepOver, SweepRecord } from "../../core/protocol/sweep";
import { html, setText } from "../dom";
import { runNeed } from "../needs";
import type { Panel, PanelContext } from "../panel";
import { createPictureBox } from "../pictureBox";
import { text } from "../text";
import { subjectText } from "./subjectText";
import { drawSweepChart } from "./sweepChart";
import { sweepTable } from "./sweepTable";
import { methodText, overWord, resultSentence } from "./sweepText";

/** The last sweep of each kind, one at a time: curves of bias² and variance along what was varied. */
export function createSweepsPanel(): Panel {
  const kinds = html("div", { class: "sweep-kinds", role: "group", "aria-label": text("Sweeps") });
  const about = html("span", { class: "quiet" });
  const again = html("button", { type: "button", class: "secondary" }, text("Sweep again"));
  const result = html("strong", { role: "status" });
  const box = createPictureBox({
    label: text("Curves"),
    inputs: ({ sweeps = [] }) => [current(sweeps)],
    draw: ({ sweeps = [] }, width, height) => drawSweepChart(current(sweeps)!, width, height - 2),
  });
  const note = html("p", { class: "note" });
  let chosen: SweepOver | undefined;
  let newest: SweepRecord | undefined;
  let shown: { record: SweepRecord; all: readonly SweepRecord[] } | undefined;
  let last: RunSnapshot | undefined;

  /** The one that was chosen; a new one shows itself. */
  function current(sweeps: readonly SweepRecord[]): SweepRecord | undefined {
    const latest = sweeps.at(-1);
    if (latest && latest !== newest) {
      newest = latest;
      chosen = latest.over;
    }
    return sweeps.find(({ over }) => over === chosen) ?? latest;
  }

  function draw(snapshot: RunSnapshot): void {
    last = snapshot;
    const all = snapshot.sweeps ?? [];
    const record = current(all);
    if (!record) return;
    if (shown?.record !== record || shown.all !== all) {
      shown = { record, all };
      setText(result, resultSentence(record));
      setText(about, subjectText(record));
      drawKinds(all, record);
      setText(note, methodText(record));
    }
    box.update(snapshot);
  }

  function drawKinds(all: readonly SweepRecord[], { over: pressed }: SweepRecord): void {
    const focused = kinds.contains(document.activeElement);
    kinds.replaceChildren(
      ...all.map(({ over }) => {
        const button = html(
          "button",
          { type: "button", class: "secondary", "aria-pressed": String(over === pressed) },
          overWord(over),
        );
        button.addEventListener("click", () => {
          chosen = over;
          if (last) draw(last);
        });
        return button;
      }),
    );
    kinds.hidden = all.length < 2;
    if (focused) kinds.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
  }

  return {
    id: "sweeps",
    title: text("Sweep"),
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      {
        text: text("Temperature, series order or samples were swept over once"),
        met: (snapshot?.sweeps ?? []).length > 0,
        command: { id: "sweep", title: text("Sweep") },
      },
    ],
    mount(element, context: PanelContext) {
      again.addEventListener("click", () => context.post({ type: "command", command: "sweep" }));
      element.append(
        html("div", { class: "check-head" }, html("span", { class: "check-verdict" }, result), about, kinds, again),
        box.element,
        note,
      );
    },
    update: draw,
    table: ({ sweeps = [] }) => sweepTable(current(sweeps)),
    svg: () => box.svg(),
    dispose: () => box.dispose(),
  };
}
