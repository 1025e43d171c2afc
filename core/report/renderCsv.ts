import type { PathScore } from "../protocol/variance";
import type { Report } from "./report";

const columns = [
  "step",
  "parameter",
  "shape",
  "loss",
  "monteCarlo",
  "low",
  "high",
  "level",
  "data",
  "total",
  "drift",
  "driftLow",
  "driftHigh",
  "snr",
  "degreesOfFreedom",
  "draws",
  "pathVariance",
  "scoreVariance",
  "covariance",
  "bestCoefficient",
  "bestCoefficientLow",
  "bestCoefficientHigh",
] as const;

/** One row for every parameter at every measured step, in full precision (RFC 4180); unknown is empty. */
export function renderCsv({ variance, loss, parameters }: Report): string {
  const lossAt = new Map(loss);
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  const rows = variance.flatMap(({ step, parameters: measured, pathScore }) => {
    const parts = new Map((pathScore ?? []).map((part): [string, PathScore] => [part.name, part]));
    return measured.map((entry) => {
      const part = parts.get(entry.name);
      const values: Readonly<Record<(typeof columns)[number], string | number | null | undefined>> = {
        step,
        parameter: entry.name,
        shape: shapes.get(entry.name)?.join("x"),
        loss: lossAt.get(step),
        monteCarlo: entry.monteCarlo,
        low: entry.interval?.[0],
        high: entry.interval?.[1],
        level: entry.level,
        data: entry.data,
        total: entry.total,
        drift: entry.drift,
        driftLow: entry.driftInterval?.[0],
        driftHigh: entry.driftInterval?.[1],
        snr: entry.snr,
        degreesOfFreedom: entry.degreesOfFreedom,
        draws: entry.draws,
        pathVariance: part?.pathVariance,
        scoreVariance: part?.scoreVariance,
        covariance: part?.covariance,
        bestCoefficient: part?.bestCoefficient,
        bestCoefficientLow: part?.interval?.[0],
        bestCoefficientHigh: part?.interval?.[1],
      };
      return columns.map((column) => field(values[column])).join(",");
    });
  });
  return [columns.join(","), ...rows].join("\r\n") + "\r\n";
}

function field(value: string | number | null | undefined): string {
  const plain = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]/.test(plain) ? `"${plain.replace(/"/g, '""')}"` : plain;
}
