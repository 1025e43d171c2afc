import type { ChartSeries } from "../../charts/series";
import { formatInterval, formatNumber, formatShare, formatShape } from "../../format";
import type { ParameterVariance } from "../../protocol/variance";
import { rowChart } from "../charts/rowChart";
import { timeChart } from "../charts/timeChart";
import { overSteps, wantsLog } from "../history";
import type { Report } from "../report";
import type { Part, Section } from "../section";
import { history, table } from "../table";

/** Parameters whose history is drawn, those of the largest variance first. */
const MOST = 12;

interface Point {
  readonly step: number;
  readonly entry: ParameterVariance;
}

/** Monte Carlo and data variance of every parameter's gradient, at the last measurement and over the steps. */
export const varianceSection: Section = {
  id: "variance",
  title: "Variance by parameter",
  about:
    "Variance of one estimate of the batch-mean gradient, summed over a tensor's elements (loss²/parameter²): the Monte Carlo part is the noise of sampling the nodes at a fixed batch, the data part that of drawing the batch. Drift is what the movement of the mean gradient over the last few measurements adds to the variance between their steps; unknown where the draws do not tell it from 0.",
  none: "The variance was not measured: diagnostics were off, or the run is too short.",
  parts(report) {
    const points = pointsOf(report);
    if (points.size === 0) return [];
    const order = [...points].sort(([, a], [, b]) => (latest(b).monteCarlo ?? -1) - (latest(a).monteCarlo ?? -1));
    const drawn = order.slice(0, MOST);
    return [
      overview(report, order),
      ...drawn.map(([name, history]) => overTime(report, name, history)),
      ...(order.length > drawn.length
        ? [
            {
              title: `${order.length - drawn.length} more parameters`,
              picture: null,
              below: order.slice(MOST).map(([name, list]) => historyOf(name, list)),
            },
          ]
        : []),
    ];
  },
};

const latest = (points: readonly Point[]): ParameterVariance => points.at(-1)!.entry;

function pointsOf({ variance }: Report): Map<string, Point[]> {
  const points = new Map<string, Point[]>();
  for (const { step, parameters } of variance)
    for (const entry of parameters) {
      const list = points.get(entry.name);
      if (list) list.push({ step, entry });
      else points.set(entry.name, [{ step, entry }]);
    }
  return points;
}

function overview(report: Report, order: readonly (readonly [string, readonly Point[]])[]): Part {
  const entries = order.map(([, list]) => latest(list));
  const level = formatShare(entries[0]?.level ?? 0.95);
  const shapes = new Map(report.parameters.map(({ name, shape }) => [name, shape]));
  const picture = rowChart(
    entries.map(({ name, monteCarlo, interval, snr }) => ({
      name,
      tone: "plain",
      value: monteCarlo !== null && monteCarlo > 0 ? monteCarlo : null,
      interval: interval && interval[0] > 0 ? interval : null,
      text: `${formatNumber(monteCarlo)}, SNR ${formatNumber(snr)}`,
    })),
    {
      label: "Monte Carlo variance of every parameter's gradient at the last measurement; the table has the numbers",
      axis: `Monte Carlo variance with its ${level} interval`,
      log: true,
    },
  );
  const rows = entries.map((entry) => {
    const shape = shapes.get(entry.name);
    return [
      entry.name,
      shape ? formatShape(shape) : null,
      entry.monteCarlo,
      entry.interval,
      entry.data,
      entry.total,
      entry.drift ?? null,
      entry.driftInterval ?? null,
      entry.snr,
      entry.draws,
    ];
  });
  const step = report.variance.at(-1)?.step ?? 0;
  const caption = `Variance by parameter at step ${step}: averages over the last few measurements; intervals at ${level}`;
  const columns = [
    { title: "parameter", words: true },
    { title: "shape", words: true },
    { title: "Monte Carlo" },
    { title: "interval" },
    { title: "data" },
    { title: "total" },
    { title: "drift" },
    { title: "its interval" },
    { title: "SNR" },
    { title: "draws" },
  ];
  return { title: `At step ${step}`, picture, below: [table(caption, columns, rows)] };
}

function overTime(report: Report, name: string, points: readonly Point[]): Part {
  const steps = points.map(({ step }) => step);
  const column = (of: (entry: ParameterVariance) => number | null | undefined): number[] =>
    points.map(({ entry }) => of(entry) ?? NaN);
  const series = (id: string, title: string, look: number, values: readonly number[]): ChartSeries => ({
    id,
    title,
    steps,
    values,
    look,
    describe: () => "",
  });
  const monteCarlo = column((entry) => entry.monteCarlo);
  const data = column((entry) => entry.data);
  const hasData = data.some((value) => value > 0);
  const drift = column((entry) => entry.drift);
  const hasDrift = drift.some((value) => value > 0);
  const shown = [...monteCarlo, ...(hasData ? data : []), ...(hasDrift ? drift : [])];
  const level = formatShare(latest(points).level);
  const picture = timeChart(
    `Variance of ${name} over steps; the table has the numbers`,
    overSteps(
      report,
      [
        {
          ...series("mc", `Monte Carlo, ${level} band`, 0, monteCarlo),
          low: column((entry) => entry.interval?.[0]),
          high: column((entry) => entry.interval?.[1]),
        },
        ...(hasData ? [series("data", "data", 1, data)] : []),
        ...(hasDrift ? [series("drift", "drift", 3, drift)] : []),
      ],
      { axis: "variance", log: wantsLog(shown) },
    ),
    200,
  );
  return { title: name, picture, below: [historyOf(name, points)] };
}

function historyOf(name: string, points: readonly Point[]): ReturnType<typeof history> {
  return history(
    `Variance of ${name} by step`,
    [
      { title: "step" },
      { title: "Monte Carlo" },
      { title: "interval" },
      { title: "data" },
      { title: "total" },
      { title: "drift" },
      { title: "SNR" },
    ],
    points.map(({ step, entry: { monteCarlo, interval, data, total, drift, snr } }) => [
      step,
      monteCarlo,
      formatInterval(interval),
      data,
      total,
      drift ?? null,
      snr,
    ]),
  );
}
