import { formatInterval, formatNumber, formatShare } from "../../format";
import { rowChart } from "../charts/rowChart";
import type { Section } from "../section";
import { table } from "../table";

/** Which node's noise causes which parameter's variance, at the last measurement. */
export const attributionSection: Section = {
  id: "attribution",
  title: "Variance by node",
  about:
    "Share of each parameter's Monte Carlo variance that is there because of one node's noise: what goes if it is fixed last. Shares add up to 1, or to more where nodes interact. First order: what goes if it is fixed first.",
  none: "The model draws fewer than two nodes, or the run was too short to look at their noise.",
  parts({ attribution }) {
    const last = attribution.at(-1);
    if (!last) return [];
    const rows = last.parameters.flatMap(({ name, variance, nodes }) =>
      nodes.map((effect) => ({ name, whole: variance, ...effect })),
    );
    return [
      {
        title: `Up to step ${last.step}`,
        picture: rowChart(
          rows.map(({ name, node, share, interval, whole }) => ({
            name: `${name} · ${node}`,
            tone: "plain",
            value: share,
            interval: interval && whole > 0 ? [interval[0] / whole, interval[1] / whole] : null,
            text: share === null ? "unknown" : formatShare(share),
          })),
          {
            label: "Share of the variance by parameter and node; the table has the numbers",
            axis: "share of the variance",
            log: false,
          },
        ),
        below: [
          table(
            `Variance by node up to step ${last.step}; intervals at 95 %`,
            [
              { title: "parameter", words: true },
              { title: "noise of node", words: true },
              { title: "share" },
              { title: "total effect" },
              { title: "interval" },
              { title: "first order" },
              { title: "interval" },
            ],
            rows.map(({ name, node, share, variance, interval, firstOrder, firstOrderInterval }) => [
              ...[
                name,
                node,
                share === null ? null : formatShare(share),
                formatNumber(variance),
                formatInterval(interval),
              ],
              ...[formatNumber(firstOrder), formatInterval(firstOrderInterval)],
            ]),
          ),
        ],
      },
    ];
  },
};
