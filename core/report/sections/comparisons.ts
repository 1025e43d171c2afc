import { formatNumber } from "../../format";
import type { ComparisonRecord } from "../../protocol/comparison";
import { rowChart } from "../charts/rowChart";
import { element } from "../markup";
import type { Part, Section } from "../section";
import { table } from "../table";
import { verdictWords } from "../verdictWords";

/** Every comparison of estimators that was made of the run. */
export const comparisonsSection: Section = {
  id: "comparisons",
  title: "Comparisons of estimators",
  about:
    "Estimators at the same parameters under the same noise; variance × seconds per step is what a given precision costs: lower is better.",
  none: "No comparison was made of this run; gradlens compare --checkpoint makes one.",
  parts: ({ comparisons }) => comparisons.map(part),
};

function part({ estimators, step, skipped, warmUp }: ComparisonRecord): Part {
  return {
    title: `At step ${step}`,
    picture: rowChart(
      estimators.map(({ id, variance, interval, secondsPerStep, verdict }) => ({
        name: id,
        tone: verdict === "biased" ? "bad" : verdict === "unbiased" ? "fine" : "plain",
        value: variance === null || variance <= 0 ? null : variance * secondsPerStep,
        interval:
          interval && interval[0] > 0 && interval[1] > interval[0]
            ? [interval[0] * secondsPerStep, interval[1] * secondsPerStep]
            : null,
        text: `${verdictWords[verdict]}, ${variance === null ? "unknown" : formatNumber(variance * secondsPerStep)}`,
      })),
      {
        label: "Variance times seconds per step of every estimator; the table has the numbers",
        axis: "variance × seconds per step",
        log: true,
      },
    ),
    below: [
      warmUp
        ? element("p", {}, `Control variates learned for ${warmUp} steps first, the parameters standing still.`)
        : null,
      table(
        `Estimators at step ${step}; intervals at 95 %`,
        [
          { title: "estimator", words: true },
          { title: "bias", words: true },
          { title: "variance" },
          { title: "interval" },
          { title: "seconds per step" },
          { title: "evaluations per step" },
          { title: "efficiency" },
        ],
        estimators.map(({ id, verdict, variance, interval, secondsPerStep, evaluationsPerStep, efficiency }) => [
          id,
          verdictWords[verdict],
          variance,
          interval,
          formatNumber(secondsPerStep),
          evaluationsPerStep,
          efficiency,
        ]),
      ),
      skipped.length === 0 ? null : element("ul", {}, ...skipped.map((reason) => element("li", {}, reason))),
    ],
  };
}
