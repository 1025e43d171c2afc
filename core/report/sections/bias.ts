import { formatInterval, formatNumber, formatShare } from "../../format";
import type { BiasRecord } from "../../protocol/bias";
import { rowChart } from "../charts/rowChart";
import { element } from "../markup";
import type { Part, Section } from "../section";
import { facts, table } from "../table";
import { verdictWords } from "../verdictWords";

const tones = { unbiased: "fine", biased: "bad", undecided: "plain" } as const;

/** Every check of bias that was made of the run. */
export const biasSection: Section = {
  id: "bias",
  title: "Bias",
  about:
    "Size of the estimator's bias relative to the gradient, by parameter. Unbiased means: below the stated margin, at the stated level of all parameters together.",
  none: "No check of bias was made of this run; gradlens bias --checkpoint makes one.",
  parts: ({ bias }) => bias.map(part),
};

function part(record: BiasRecord): Part {
  const { estimator, step, verdict, method, level, margin, draws, reference, parameters, notes } = record;
  return {
    title: `${estimator} at step ${step}: ${verdictWords[verdict]}`,
    picture: rowChart(
      parameters.map(({ name, verdict: own, relativeBias, interval }) => ({
        name,
        tone: tones[own],
        value: relativeBias !== null && relativeBias > 0 ? relativeBias : null,
        interval: interval && interval[1] > interval[0] ? [Math.max(interval[0], margin / 100), interval[1]] : null,
        text: `${verdictWords[own]}, ${relativeBias === null ? "unknown" : formatShare(relativeBias)}`,
      })),
      {
        label: `Relative bias of ${estimator} by parameter; the table has the numbers`,
        axis: "‖bias‖ / ‖gradient‖",
        log: true,
        rule: { value: margin, label: `margin ${formatShare(margin)}` },
      },
    ),
    below: [
      facts([
        ["Method", method === "enumeration" ? "all joint states enumerated" : `sampled, ${String(draws)} estimates`],
        ["Level", level === null ? "exact" : formatShare(level)],
        ["Compared with", reference],
      ]),
      table(
        `Bias of ${estimator} at step ${step}`,
        [
          { title: "parameter", words: true },
          { title: "verdict", words: true },
          { title: "relative bias" },
          { title: "interval" },
          { title: "gradient’s norm" },
          { title: "variance" },
        ],
        parameters.map(({ name, verdict: own, relativeBias, interval, gradientNorm, variance }) => [
          name,
          verdictWords[own],
          relativeBias,
          formatInterval(interval),
          formatNumber(gradientNorm),
          formatNumber(variance),
        ]),
      ),
      notes.length === 0 ? null : element("ul", {}, ...notes.map((note) => element("li", {}, note))),
    ],
  };
}
