import { scaleLog, type ScaleContinuousNumeric } from "d3";
import type { BiasRecord } from "../../core/protocol/bias";
import { formatCount, formatPercent } from "../format";
import { text } from "../text";
import { relativeBiasText } from "./biasText";
import { drawRowChart } from "./rowChart";
import { verdictWord } from "./verdictMark";

/** One row per parameter: name, verdict, relative bias with its interval on a log scale beside the margin, and the numbers. */
export function drawBiasChart(record: BiasRecord, width: number): SVGSVGElement {
  const { parameters, margin } = record;
  const rows = parameters.map(({ name, verdict, relativeBias, interval, moreDraws }) => {
    const more =
      verdict !== "undecided"
        ? ""
        : moreDraws === null
          ? text("draws needed: unknown")
          : text("about {0} more draws", formatCount(moreDraws));
    const number = relativeBiasText(relativeBias, interval);
    const word = verdictWord(verdict);
    return {
      id: name,
      style: `bias-row ${verdict}`,
      title: `${name}: ${word}, ${number}${more && `, ${more}`}`,
      name,
      mark: verdict,
      word,
      value: relativeBias,
      interval,
      number,
      numberMore: more,
      choosable: true,
    };
  });
  return drawRowChart({
    rows,
    style: "bias-chart",
    label: text(
      "Relative bias of every parameter beside the margin of {0}; the table has the numbers.",
      formatPercent(margin),
    ),
    width,
    rowHeight: 30,
    nameWidth: Math.min(280, Math.max(190, width * 0.4)),
    numbersWidth: width >= 520 ? 170 : 0,
    scale: (range) => biasScale(record, range),
    log: true,
    rules: [{ value: margin, label: text("margin {0}", formatPercent(margin)) }],
  });
}

/** From a hundredth of the margin, or what there is to see above it, to the largest end. */
function biasScale(
  { parameters, margin }: BiasRecord,
  range: [number, number],
): ScaleContinuousNumeric<number, number> {
  const ends = parameters.flatMap(({ relativeBias, interval }) => [relativeBias, interval?.[1] ?? null]);
  const largest = Math.max(margin * 10, ...ends.filter((end): end is number => end !== null && Number.isFinite(end)));
  return scaleLog()
    .domain([margin / 100, largest * 1.3])
    .range(range);
}
