import { formatInterval, formatNumber, formatShare } from "../../format";
import { rowChart } from "../charts/rowChart";
import type { Section } from "../section";
import { table } from "../table";

/** Path and score part of the ELBO's gradient at the last measurement. */
export const pathScoreSection: Section = {
  id: "path-score",
  title: "Path and score",
  about:
    "The guide's gradient in two parts: the path through the sample, and the score of log q, which is zero in the mean. The best coefficient is the share of the score to leave out: 0 is the total derivative, 1 is sticking the landing.",
  none: "No node has both parts: they are there under the ELBO at nodes with a pathwise gradient.",
  parts(report) {
    const last = report.variance.findLast(({ pathScore }) => pathScore !== undefined);
    const parts = last?.pathScore;
    if (!last || !parts || parts.length === 0) return [];
    const level = formatShare(parts[0]!.level);
    return [
      {
        title: `At step ${last.step}`,
        picture: rowChart(
          parts.map(({ name, bestCoefficient, interval }) => ({
            name,
            tone: "plain",
            value: bestCoefficient,
            interval,
            text: `${formatNumber(bestCoefficient)} ${formatInterval(interval)}`,
          })),
          {
            label: "Best coefficient on the score for each of the guide's parameters; the table has the numbers",
            axis: `best coefficient with its ${level} interval`,
            log: false,
            rule: { value: 1, label: "sticking the landing" },
          },
        ),
        below: [
          table(
            `Path and score at step ${last.step}; intervals at ${level}`,
            [
              { title: "parameter", words: true },
              { title: "path variance" },
              { title: "interval" },
              { title: "score variance" },
              { title: "interval" },
              { title: "covariance" },
              { title: "interval" },
              { title: "best coefficient" },
              { title: "interval" },
            ],
            parts.map((part) => [
              part.name,
              part.pathVariance,
              part.pathInterval,
              part.scoreVariance,
              part.scoreInterval,
              part.covariance,
              part.covarianceInterval,
              part.bestCoefficient,
              part.interval,
            ]),
          ),
        ],
      },
    ];
  },
};
