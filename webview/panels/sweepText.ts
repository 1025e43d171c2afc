import type { SweepOver, SweepRecord, SweepSlope } from "../../core/protocol/sweep";
import { formatCount, formatNumber, formatPercent, formatTick } from "../format";
import { text } from "../text";
import { asSentence } from "./asSentence";

/** What is varied, in the reader's words. */
export function overWord(over: SweepOver): string {
  return { temperature: text("Temperature"), order: text("Truncation order"), samples: text("Samples") }[over];
}

/** What the curve says, in one or two sentences. */
export function resultSentence({ over, best, notWorse, slopes, estimator }: SweepRecord): string {
  if (over === "samples") return text("{0}: {1}", estimator, slopeSentence(slopes));
  if (best === null) return text("{0}: which value is best is unknown; take more draws.", estimator);
  const value = formatTick(best);
  const found = text("{0}: lowest mean squared error at {1}.", estimator, value);
  return notWorse.length === 0
    ? found
    : `${found} ${text("Not told from it: {0}.", notWorse.map((other) => formatTick(other)).join(", "))}`;
}

function slopeSentence(slopes: readonly SweepSlope[]): string {
  const known = slopes.filter(({ quantity }) => quantity === "snr");
  if (known.length === 0) return text("how the signal-to-noise ratio grows is unknown.");
  const parts = known.map(
    ({ parameter, exponent, interval }) =>
      `${parameter} K^${formatNumber(exponent)}${interval ? ` [${formatNumber(interval[0])}, ${formatNumber(interval[1])}]` : ""}`,
  );
  return text("SNR grows like {0}.", parts.join(", "));
}

/** How it was measured and what it rests on. */
export function methodText({ points, reference, level, notes, skipped }: SweepRecord): string {
  const drawn = points.flatMap(({ draws }) => (draws === null ? [] : [draws]));
  const how =
    drawn.length === 0
      ? text("Exact: all joint states enumerated.")
      : text(
          "{0} draws at each value; bias against {1}; each {2} interval holds by itself.",
          formatCount(Math.min(...drawn)),
          reference,
          formatPercent(level),
        );
  return [how, ...notes.map(asSentence), ...skipped.map((line) => text("Left out: {0}.", line))].join(" ");
}
