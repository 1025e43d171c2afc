import type { RunSnapshot } from "../../core/protocol/snapshot";
import { formatCount, formatNumber, formatPlusMinus } from "../format";
import type { DataTable } from "../panel";
import { text } from "../text";

const unitColumns = 8;
const layerColumns = 6;

/** A row for every layer, with MuProp's expansion there, and one for each of its units. */
export function trunksTable({ trunks, model }: RunSnapshot): DataTable {
  const rows = (trunks?.layers ?? []).flatMap(({ node, meanField, sampleMean, sample, expansion: e }) => {
    const units = Array.from(meanField, (value, unit) => [
      ...[node, unit, value, sampleMean[unit] ?? null],
      Math.abs(value - (sampleMean[unit] ?? NaN)),
      sample[unit] ?? null,
      ...[e?.slope, e?.correction, e?.residualTerm, e?.residualTermDeviation].map((values) =>
        values ? (values[unit] ?? null) : "",
      ),
      ...blank(layerColumns),
    ]);
    if (!e) return units;
    const { meanFieldCost, cost, costDeviation, residual, residualDeviation, explained } = e;
    const whole = [meanFieldCost, cost, costDeviation, residual, residualDeviation, explained];
    return [[node, "", ...blank(unitColumns), ...whole], ...units];
  });
  return {
    caption: trunks
      ? text(
          "Trunks of {0}, example {1}, step {2}. Mean-field loss {3}, sampled loss {4}.",
          model,
          formatCount(trunks.example),
          formatCount(trunks.step),
          formatNumber(trunks.meanFieldLoss, "nats"),
          formatPlusMinus(trunks.sampledLoss, trunks.sampledLossStandardError, "nats"),
        )
      : text("No trunks were measured."),
    columns: [
      { title: text("Layer"), kind: "text" },
      { title: text("Unit"), kind: "count" },
      { title: text("Mean-field"), kind: "number" },
      { title: text("Mean of samples"), kind: "number" },
      { title: text("Absolute difference"), kind: "number" },
      { title: text("One sample"), kind: "number" },
      { title: text("Slope f'(x̄)"), kind: "number" },
      { title: text("Correction"), kind: "number" },
      { title: text("Residual term"), kind: "number" },
      { title: text("Its standard deviation"), kind: "number" },
      { title: text("f(x̄)"), unit: "nats", kind: "number" },
      { title: text("f(x)"), unit: "nats", kind: "number" },
      { title: text("Standard deviation of f(x)"), unit: "nats", kind: "number" },
      { title: text("Residual"), unit: "nats", kind: "number" },
      { title: text("Standard deviation of the residual"), unit: "nats", kind: "number" },
      { title: text("Foreseen"), kind: "share" },
    ],
    rows,
    newestFirst: false,
    total: rows.length,
  };
}

/** Where nothing belongs. */
const blank = (columns: number): string[] => Array.from({ length: columns }, () => "");
