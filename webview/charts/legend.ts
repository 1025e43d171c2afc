import { symbol, symbolsFill } from "d3";
import { html, setText, svg } from "../dom";
import { formatCount } from "../format";
import { text } from "../text";
import { dashOf, type ChartSeries } from "../../core/charts/series";
import { indexAt } from "./indexAt";

export interface Legend {
  readonly element: HTMLElement;
  /** Values at a step, the latest for null. */
  update(series: readonly ChartSeries[], step: number | null): void;
}

/** Names, dashes and values of the series; the values follow the pointer. */
export function createLegend(): Legend {
  const where = html("span", { class: "legend-step" });
  const list = html("ul", { class: "legend-items" });
  const element = html("div", { class: "legend" }, list, where);
  let key = "";
  let values: HTMLElement[] = [];
  return {
    element,
    update(series, step) {
      const shown = series.filter(({ faint }) => !faint);
      const nextKey = shown.map(({ id, title, look }) => `${id} ${title} ${look}`).join("|");
      if (nextKey !== key) {
        key = nextKey;
        values = shown.map(() => html("span", { class: "legend-value" }));
        list.replaceChildren(
          ...shown.map((entry, index) =>
            html("li", {}, swatch(entry), html("span", {}, entry.title), values[index] ?? ""),
          ),
        );
      }
      let at: number | undefined;
      shown.forEach((entry, position) => {
        const index = indexAt(entry.steps, step);
        const value = values[position];
        if (value) setText(value, index < 0 ? text("unknown") : entry.describe(index));
        const found = entry.steps[index];
        if (
          found !== undefined &&
          (at === undefined || step === null ? found > (at ?? -1) : Math.abs(found - step) < Math.abs(at - step))
        )
          at = found;
      });
      setText(where, at === undefined ? "" : text(step === null ? "latest, step {0}" : "at step {0}", formatCount(at)));
    },
  };
}

function swatch(series: ChartSeries): SVGSVGElement {
  const { look, points } = series;
  const picture = svg(
    "svg",
    { class: "swatch", viewBox: "0 0 26 10", width: 26, height: 10, "aria-hidden": "true" },
    svg("path", { class: `line series-${look}`, d: "M0 5h26", "stroke-dasharray": dashOf(series) }),
  );
  if (points) {
    const shape = symbol(symbolsFill[look % symbolsFill.length], 36)() ?? "";
    picture.append(
      svg("g", { class: `point series-${look}`, transform: "translate(13,5)" }, svg("path", { d: shape })),
    );
  }
  return picture;
}
