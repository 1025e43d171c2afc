import type { ChartSeries } from "../../charts/series";
import { formatShare } from "../../format";
import type { Measured, SweepRecord } from "../../protocol/sweep";
import { timeChart } from "../charts/timeChart";
import { wantsLog } from "../history";
import { element } from "../markup";
import type { Part, Section } from "../section";
import { table } from "../table";

const titles = { temperature: "temperature", order: "order of the series", samples: "samples" } as const;

/** Every sweep that was made of the run. */
export const sweepsSection: Section = {
  id: "sweeps",
  title: "Sweeps",
  about: "One option varied at fixed parameters under the same noise: bias² and variance at each value.",
  none: "No sweep was made of this run; gradlens sweep --checkpoint makes one.",
  parts: ({ sweeps }) => sweeps.map(part),
};

function part({ over, estimator, step, points, level, reference, best, notes, skipped }: SweepRecord): Part {
  const steps = points.map(({ value }) => value);
  const series = (id: string, look: number, of: readonly Measured[]): ChartSeries => ({
    id,
    title: id,
    steps,
    values: of.map(({ value }) => value ?? NaN),
    low: of.map(({ interval }) => interval?.[0] ?? NaN),
    high: of.map(({ interval }) => interval?.[1] ?? NaN),
    points: true,
    look,
    describe: () => "",
  });
  const curves = [
    series(
      "bias²",
      1,
      points.map(({ biasSquared }) => biasSquared),
    ),
    series(
      "variance",
      0,
      points.map(({ variance }) => variance),
    ),
    series(
      "mean squared error",
      2,
      points.map(({ meanSquaredError }) => meanSquaredError),
    ),
  ];
  const log = wantsLog(points.map(({ meanSquaredError }) => meanSquaredError.value));
  const lowest = Math.min(...steps);
  return {
    title: `${estimator} over ${titles[over]} at step ${step}${best === null ? "" : `: lowest mean squared error at ${best}`}`,
    picture: timeChart(`Bias² and variance over ${titles[over]}; the table has the numbers`, {
      series: curves,
      markers: [],
      extent: [Math.min(lowest, 0), Math.max(...steps)],
      log,
      axis: "loss²/parameter²",
      across: titles[over],
    }),
    below: [
      table(
        `${estimator} over ${titles[over]}, bias measured against ${reference}; intervals at ${formatShare(level)}`,
        [
          { title: titles[over] },
          { title: "bias²" },
          { title: "interval" },
          { title: "variance" },
          { title: "interval" },
          { title: "mean squared error" },
          { title: "interval" },
        ],
        points.map(({ value, biasSquared, variance, meanSquaredError }) => [
          String(value),
          biasSquared.value,
          biasSquared.interval,
          variance.value,
          variance.interval,
          meanSquaredError.value,
          meanSquaredError.interval,
        ]),
      ),
      notes.length + skipped.length === 0
        ? null
        : element("ul", {}, ...[...notes, ...skipped].map((note) => element("li", {}, note))),
    ],
  };
}
