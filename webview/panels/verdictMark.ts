import type { Verdict } from "../../core/protocol/bias";
import { svg } from "../dom";
import { text } from "../text";

/** A verdict in the reader's words. */
export function verdictWord(verdict: Verdict): string {
  return { unbiased: text("unbiased"), biased: text("biased"), undecided: text("undecided") }[verdict];
}

/** A verdict by shape and hue: a full dot, a triangle, an empty dot. */
export function verdictMark(verdict: Verdict, x: number, y: number): SVGElement {
  if (verdict === "biased") return svg("path", { class: `verdict-mark ${verdict}`, d: `M${x} ${y - 6}l6 11h-12z` });
  return svg("circle", { class: `verdict-mark ${verdict}`, cx: x, cy: y, r: 5 });
}
