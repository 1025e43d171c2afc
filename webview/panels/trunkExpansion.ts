import type { TrunkLayer } from "../../core/protocol/trunks";
import { html, setText } from "../dom";
import { formatCount, formatNumber, formatPercent } from "../format";
import { text } from "../text";
import { createHeatPicture, type HeatPicture } from "./heatPicture";

/** MuProp's expansion at one layer: what it foresees of the cost, and the two parts of the estimate of every unit. */
export interface TrunkExpansionView {
  readonly element: HTMLElement;
  readonly pictures: readonly HeatPicture[];
  update(layer: TrunkLayer): void;
}

/** @param hover told of the unit under the pointer */
export function createTrunkExpansion(hover: (index: number | null) => void): TrunkExpansionView {
  const facts = html("dl", { class: "facts expansion" });
  const values = (
    [
      ["meanField", text("f(x̄)"), text("Cost in the mean-field pass")],
      ["cost", text("f(x)"), text("Cost in the sampled passes")],
      ["residual", text("Residual"), text("f(x) − f(x̄) − f'(x̄)ᵀ(x − x̄)")],
      ["explained", text("Foreseen"), text("Share of the cost's variance that the expansion takes away")],
    ] as const
  ).map(([key, title, meaning]) => {
    const value = html("dd");
    facts.append(html("div", { title: meaning }, html("dt", {}, title), value));
    return [key, value] as const;
  });
  const signed = (title: string): HeatPicture => createHeatPicture(title, hover, "signed");
  const slope = signed(text("slope f'(x̄)"));
  const correction = signed(text("correction"));
  const residual = signed(text("residual term"));
  const deviation = createHeatPicture(text("its standard deviation"), hover);
  const pictures = [slope, correction, residual, deviation];
  const scale = html("p", { class: "readout" });
  const element = html(
    "div",
    { class: "trunk-expansion" },
    html("h4", {}, text("MuProp's estimate towards the units' parameters")),
    facts,
    html("div", { class: "heat-row" }, ...pictures.map((picture) => picture.element)),
    scale,
  );
  return {
    element,
    pictures,
    update({ node, shape, expansion: e }) {
      element.hidden = e === undefined;
      if (!e) return;
      const shown = {
        meanField: formatNumber(e.meanFieldCost, "nats"),
        cost: text("{0}, SD {1}", formatNumber(e.cost, "nats"), formatNumber(e.costDeviation)),
        residual: text("{0}, SD {1}", formatNumber(e.residual, "nats"), formatNumber(e.residualDeviation)),
        explained: text("{0} of the variance", formatPercent(e.explained)),
      };
      for (const [key, value] of values) setText(value, shown[key]);
      const name = (what: string): string => text("{0}: {1}, {2} units", node, what, formatCount(e.slope.length));
      const widest = largest(e.correction, e.residualTerm);
      const most = largest(e.residualTermDeviation);
      const steepest = largest(e.slope);
      slope.update(e.slope, shape, undefined, [-steepest, steepest], name(text("slope")));
      correction.update(e.correction, shape, undefined, [-widest, widest], name(text("correction")));
      residual.update(e.residualTerm, shape, undefined, [-widest, widest], name(text("residual term")));
      const noise = name(text("standard deviation of the residual term"));
      deviation.update(e.residualTermDeviation, shape, undefined, [0, most], noise);
      setText(
        scale,
        text(
          "Orange below 0, blue above: slope up to {0}, correction and residual term up to {1}; standard deviation from 0 to {2}.",
          formatNumber(steepest),
          formatNumber(widest),
          formatNumber(most),
        ),
      );
    },
  };
}

function largest(...all: readonly Float32Array[]): number {
  let most = 0;
  for (const values of all) for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
