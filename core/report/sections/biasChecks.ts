import { verdictSeries } from "../../charts/verdictSeries";
import { checkedBias } from "../../diagnostics/checkedBias";
import { formatShare } from "../../format";
import { timeChart } from "../charts/timeChart";
import { overSteps } from "../history";
import type { Section } from "../section";
import { history } from "../table";
import { verdictWords } from "../verdictWords";

/** Checks of bias beside training: each at the parameters of one step, renewed when it had ended. */
export const biasChecksSection: Section = {
  id: "bias-checks",
  title: "Bias beside training",
  about:
    "Checks made one after the other while the run trained, each at a copy of the parameters of its step: the relative bias of the parameter that the verdict rests on, with its interval, beside the margin. Later checks are held to higher levels, so that all of the run hold together at the stated one.",
  none: "No check of bias was made beside training; train --check-bias continuous makes them.",
  parts(report) {
    const checks = report.biasChecks.map(checkedBias);
    const [first] = checks;
    if (!first) return [];
    const label = "Relative bias over steps, check by check; the table has the numbers";
    const words = {
      title: (verdict: keyof typeof verdictWords): string => verdictWords[verdict],
      margin: "margin",
      describe: () => "",
    };
    return [
      {
        title: `${checks.length} checks, together at ${formatShare(first.level)}`,
        picture: timeChart(
          label,
          overSteps(report, verdictSeries(checks, words), { axis: "‖bias‖ / ‖gradient‖", log: false }),
        ),
        below: [
          history(
            "Checks of bias beside training",
            [
              { title: "step" },
              { title: "ended at step" },
              { title: "estimator", words: true },
              { title: "verdict", words: true },
              { title: "rests on", words: true },
              { title: "relative bias" },
              { title: "interval" },
              { title: "draws" },
            ],
            checks.map(({ step, until, estimator, verdict, parameter, relativeBias, interval, draws }) => [
              ...[step, until, estimator, verdictWords[verdict], parameter, relativeBias, interval],
              draws ?? "all states",
            ]),
          ),
        ],
      },
    ];
  },
};
