import { formatInterval, formatNumber } from "../../format";
import type { ControlVariateReport } from "../../protocol/variance";
import { rowChart } from "../charts/rowChart";
import { timeChart } from "../charts/timeChart";
import { overSteps, wantsLog } from "../history";
import type { Section } from "../section";
import { history, table } from "../table";

/** What each node's control variate does to the variance, at the last measurement and over the steps. */
export const controlVariatesSection: Section = {
  id: "control-variates",
  title: "Control variates",
  about:
    "Variance of the estimate of a node's logits' gradient with its control variate over that without, with its 95 % interval: below 1 it lowers the variance, above 1 it raises it.",
  none: "No node's estimator had a control variate that was measured.",
  parts(report) {
    const last = report.controlVariates.at(-1);
    if (!last) return [];
    const picture = rowChart(
      last.nodes.map((node) => ({
        name: node.node,
        tone: effect(node),
        value: node.varianceRatio,
        interval: node.interval,
        text: `× ${formatNumber(node.varianceRatio)}, best ${formatNumber(node.bestCoefficient)}`,
      })),
      {
        label: "Variance ratio of every node's control variate; the table has the numbers",
        axis: "variance with over variance without",
        log: true,
        rule: { value: 1, label: "no effect" },
      },
    );
    const nodes = [...new Set(report.controlVariates.flatMap(({ nodes }) => nodes.map(({ node }) => node)))];
    return [
      {
        title: `At step ${last.step}`,
        picture,
        below: [
          table(
            `Control variates at step ${last.step}`,
            [
              { title: "node", words: true },
              { title: "estimator", words: true },
              { title: "variance ratio" },
              { title: "95 % interval" },
              { title: "correlation" },
              { title: "best coefficient" },
            ],
            last.nodes.map(({ node, estimator, varianceRatio, interval, correlation, bestCoefficient }) => [
              node,
              estimator,
              varianceRatio,
              interval,
              correlation,
              bestCoefficient,
            ]),
          ),
        ],
      },
      ...nodes.map((name) => {
        const points = report.controlVariates.flatMap(({ step, nodes: all }) =>
          all.filter(({ node }) => node === name).map((entry) => ({ step, entry })),
        );
        const values = points.map(({ entry }) => entry.varianceRatio ?? NaN);
        return {
          title: name,
          picture: timeChart(
            `Variance ratio of the control variate at ${name} over steps; the table has the numbers`,
            overSteps(
              report,
              [
                {
                  id: name,
                  title: "ratio, 95 % band",
                  steps: points.map(({ step }) => step),
                  values,
                  low: points.map(({ entry }) => entry.interval?.[0] ?? NaN),
                  high: points.map(({ entry }) => entry.interval?.[1] ?? NaN),
                  look: 2,
                  solid: true,
                  describe: () => "",
                },
              ],
              { axis: "variance ratio", log: wantsLog(values) },
            ),
            180,
          ),
          below: [
            history(
              `Control variate at ${name} by step`,
              [
                { title: "step" },
                { title: "variance ratio" },
                { title: "95 % interval" },
                { title: "best coefficient" },
              ],
              points.map(({ step, entry }) => [
                step,
                entry.varianceRatio,
                formatInterval(entry.interval),
                entry.bestCoefficient,
              ]),
            ),
          ],
        };
      }),
    ];
  },
};

function effect({ interval }: ControlVariateReport): "fine" | "bad" | "plain" {
  if (interval && interval[0] > 1) return "bad";
  return interval && interval[1] < 1 ? "fine" : "plain";
}
