import { group } from "d3";
import { smooth } from "../../charts/smooth";
import { formatNumber } from "../../format";
import { timeChart } from "../charts/timeChart";
import { overSteps, wantsLog } from "../history";
import type { Section } from "../section";
import { history, table } from "../table";

/** Normal quantile of the evaluations' 95 % error bars. */
const Z = 1.96;

/** Training loss with its moving average; evaluations with error bars. */
export const lossSection: Section = {
  id: "loss",
  title: "Loss and evaluations",
  about:
    "The minimised loss of each step's batch, faint, with its moving average; evaluations are means over examples with 95 % error bars.",
  none: "The log has no step yet.",
  parts(report) {
    const { loss, evaluations, run } = report;
    if (loss.length === 0) return [];
    const steps = loss.map(([step]) => step);
    const values = loss.map(([, value]) => value);
    const constant = Math.max(2, Math.round(run.step / 50));
    const smoothed = smooth(steps, values, constant);
    const describe = (): string => "";
    const training = timeChart(
      "Training loss over steps; the table has the numbers",
      overSteps(
        report,
        [
          { id: "raw", title: "loss", steps, values, look: 0, faint: true, describe },
          {
            id: "mean",
            title: `average over ${constant} steps`,
            steps,
            values: smoothed,
            look: 0,
            solid: true,
            describe,
          },
        ],
        { axis: "loss", log: wantsLog(values) },
      ),
    );
    const parts = [
      {
        title: "Training loss",
        picture: training,
        below: [
          history(
            "Training loss by step",
            [{ title: "step" }, { title: "loss" }, { title: "moving average" }],
            loss.map(([step, value], i) => [step, value, smoothed[i] ?? null]),
          ),
        ],
      },
    ];
    if (evaluations.length === 0) return parts;
    const names = [...group(evaluations, ({ name }) => name)];
    const chart = timeChart(
      "Evaluations over steps with 95 % error bars; the table has the numbers",
      overSteps(
        report,
        names.map(([name, records], look) => ({
          id: name,
          title: name,
          steps: records.map(({ step }) => step),
          values: records.map(({ value }) => value),
          low: records.map(({ value, standardError }) => value - Z * standardError),
          high: records.map(({ value, standardError }) => value + Z * standardError),
          points: true,
          look: look % 6,
          describe,
        })),
        { axis: "nats", log: false },
      ),
    );
    const rows = table(
      "Evaluations: means over examples ± 1.96 standard errors (95 %)",
      [
        { title: "evaluation", words: true },
        { title: "step" },
        { title: "value, nats" },
        { title: "± 95 %" },
        { title: "samples" },
      ],
      evaluations.map(({ name, step, value, standardError, samples }) => [
        name,
        step,
        value.toFixed(3),
        formatNumber(Z * standardError),
        samples,
      ]),
    );
    return [...parts, { title: "Evaluations", picture: chart, below: [rows] }];
  },
};
