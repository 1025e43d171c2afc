import { scaleLinear } from "d3";
import type { PathScore } from "../../core/protocol/variance";
import { formatNumber, formatPercent } from "../format";
import { text } from "../text";
import { partSentence, stickingEffect } from "./pathScoreText";
import { drawRowChart } from "./rowChart";

/** The axis reaches no farther than this from 0 and 1; what lies beyond stands at its end. */
const FARTHEST = 3;

/** One row per parameter: the best coefficient on the score with its interval, beside 0 (pathwise) and 1 (sticking the landing). */
export function drawPathScoreChart(parts: readonly PathScore[], width: number, selected: string | null): SVGSVGElement {
  const ends = parts.flatMap(({ bestCoefficient, interval }) => [bestCoefficient ?? 0, ...(interval ?? [])]);
  const low = Math.max(-FARTHEST, Math.min(-0.15, ...ends) - 0.05);
  const high = Math.min(1 + FARTHEST, Math.max(1.15, ...ends) + 0.05);
  const marks = { lowers: "unbiased", raises: "biased", unknown: "undecided" } as const;
  const rows = parts.map((part) => {
    const { name, bestCoefficient, interval, pathToTotal, level } = part;
    const number = text("c* {0}", formatNumber(bestCoefficient));
    const spread = interval ? ` [${formatNumber(interval[0])}, ${formatNumber(interval[1])}]` : "";
    const more = text("path/total × {0}", formatNumber(pathToTotal));
    return {
      id: name,
      style: `part-row ${stickingEffect(part)}${name === selected ? " selected" : ""}`,
      title: `${name}: ${number}${spread} (${formatPercent(level)}). ${partSentence(part)}`,
      name,
      mark: marks[stickingEffect(part)],
      value: bestCoefficient,
      interval,
      number: `${number}${spread}`,
      numberMore: more,
      choosable: true,
    };
  });
  return drawRowChart({
    rows,
    style: "part-chart",
    label: text("Best coefficient on the score of every parameter; the table has the numbers."),
    width,
    rowHeight: 34,
    nameWidth: Math.min(210, Math.max(130, width * 0.3)),
    numbersWidth: width >= 440 ? 160 : 0,
    scale: (range) => scaleLinear().domain([low, high]).range(range),
    log: false,
    rules: [
      { value: 0, label: text("pathwise") },
      { value: 1, label: text("sticking") },
    ],
  });
}
