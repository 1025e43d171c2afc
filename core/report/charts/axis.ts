import type { ScaleContinuousNumeric } from "d3";
import { logTicks } from "../../charts/valueScale";
import { formatNumber } from "../../format";
import { element, type Markup } from "../markup";

export type Scale = ScaleContinuousNumeric<number, number>;

/** Round values along a scale. */
export function ticksOf(scale: Scale, log: boolean, wanted: number): readonly number[] {
  return log ? logTicks(scale.domain(), wanted) : scale.ticks(wanted);
}

/** Short: trailing zeros are left out. */
export function tickText(value: number): string {
  const magnitude = Math.abs(value);
  if (value !== 0 && (magnitude >= 99_999.5 || magnitude < 0.000_999_5))
    return formatNumber(value).replace(/\.?0*e/, "e");
  return String(Number(value.toPrecision(6)));
}

/** Ticks and their numbers below a plot. */
export function bottomAxis(scale: Scale, ticks: readonly number[], y: number): Markup {
  const [from = 0, to = 0] = scale.range();
  return element(
    "g",
    { class: "axis" },
    element("path", { d: `M${from} ${y}H${to}` }),
    ...ticks.map((tick) =>
      element(
        "g",
        { transform: `translate(${scale(tick).toFixed(1)},${y})` },
        element("path", { d: "M0 0v5" }),
        element("text", { y: 17, "text-anchor": "middle" }, tickText(tick)),
      ),
    ),
  );
}

/** Ticks, their numbers and lines of the grid, left of a plot that ends at `right`. */
export function leftAxis(scale: Scale, ticks: readonly number[], x: number, right: number): Markup {
  const [from = 0, to = 0] = scale.range();
  return element(
    "g",
    { class: "axis" },
    element("path", { d: `M${x} ${from}V${to}` }),
    ...ticks.map((tick) =>
      element(
        "g",
        { transform: `translate(${x},${scale(tick).toFixed(1)})` },
        element("path", { class: "grid", d: `M0 0H${right - x}` }),
        element("path", { d: "M0 0h-5" }),
        element("text", { x: -8, y: 4, "text-anchor": "end" }, tickText(tick)),
      ),
    ),
  );
}
