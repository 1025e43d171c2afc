import type { TrunkLayer, TrunkRecord } from "../../core/protocol/trunks";
import { html, setText } from "../dom";
import { formatCount, formatNumber, formatShape, formatStandardError } from "../format";
import { text } from "../text";
import { createHeatPicture, type HeatPicture } from "./heatPicture";
import { createTrunkExpansion } from "./trunkExpansion";

/** One stochastic layer: the mean-field values beside those of samples. */
export interface TrunkLayerView {
  readonly element: HTMLElement;
  readonly pictures: readonly HeatPicture[];
  update(layer: TrunkLayer, record: TrunkRecord): void;
}

/** Discrete values and probabilities share the scale 0 to 1; others take the range of what is shown. */
function valueRange({ distribution, meanField, sampleMean, sample }: TrunkLayer): readonly [number, number] {
  if (distribution === "bernoulli" || distribution === "categorical") return [0, 1];
  let low = Infinity;
  let high = -Infinity;
  for (const values of [meanField, sampleMean, sample]) {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

export function createTrunkLayer(node: string): TrunkLayerView {
  const distance = html("span", { class: "distance" });
  const shape = html("span", { class: "shape" });
  const readout = html("p", { class: "readout" });
  let layer: TrunkLayer | undefined;
  let idle = "";
  let hovered: number | null = null;
  const hover = (index: number | null): void => {
    hovered = index;
    const named = index !== null && layer && index < layer.meanField.length ? layer : undefined;
    setText(readout, named && index !== null ? unitText(named, index) : idle);
  };
  const [meanField, mean, difference, sample] = [
    text("mean-field"),
    text("mean of samples"),
    text("absolute difference"),
    text("one sample"),
  ].map((title) => createHeatPicture(title, hover)) as [HeatPicture, HeatPicture, HeatPicture, HeatPicture];
  const expansion = createTrunkExpansion(hover);
  const pictures = [meanField, mean, difference, sample];
  const element = html(
    "section",
    { class: "trunk-layer" },
    html("div", { class: "trunk-head" }, html("h3", {}, node), shape, distance),
    html("div", { class: "heat-row" }, ...pictures.map((picture) => picture.element)),
    readout,
    expansion.element,
  );
  return {
    element,
    get pictures() {
      return layer?.expansion ? [...pictures, ...expansion.pictures] : pictures;
    },
    update(next, { samples }) {
      layer = next;
      const range = valueRange(next);
      const gaps = next.meanField.map((value, index) => Math.abs(value - (next.sampleMean[index] ?? NaN)));
      const widest = gaps.reduce((high, gap) => Math.max(high, gap), 0);
      const name = (what: string): string =>
        text("{0}: {1}, {2} units", next.node, what, formatCount(next.meanField.length));
      meanField.update(next.meanField, next.shape, next.image, range, name(text("mean-field")));
      mean.update(
        next.sampleMean,
        next.shape,
        next.image,
        range,
        name(text("mean of {0} samples", formatCount(samples))),
      );
      difference.update(gaps, next.shape, next.image, [0, widest], name(text("absolute difference")));
      sample.update(next.sample, next.shape, next.image, range, name(text("one sample")));
      setText(shape, `${next.distribution}, ${formatShape(next.shape)}`);
      setText(distance, text("distance {0}", formatStandardError(next.distance, next.distanceNoise)));
      idle = text(
        "Values from {0} (background) to {1} (foreground); difference from 0 to {2}.",
        formatNumber(range[0]),
        formatNumber(range[1]),
        formatNumber(widest),
      );
      expansion.update(next);
      hover(hovered);
    },
  };
}

/** All that is known of one unit. */
function unitText({ meanField, sampleMean, sample, expansion: e }: TrunkLayer, index: number): string {
  const number = (values: Float32Array): string => formatNumber(values[index] ?? null);
  const values = text(
    "unit {0}: mean-field {1}, mean of samples {2}, one sample {3}",
    formatCount(index),
    number(meanField),
    number(sampleMean),
    number(sample),
  );
  if (!e) return values;
  const [correction, term, deviation] = [e.correction, e.residualTerm, e.residualTermDeviation].map(number);
  return `${values}; ${text("correction {0}, residual term {1} (SD {2})", correction!, term!, deviation!)}`;
}
