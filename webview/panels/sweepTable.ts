import type { Measured, SweepRecord } from "../../core/protocol/sweep";
import type { DataTable, TableColumn } from "../panel";
import { text } from "../text";
import { subjectText } from "./subjectText";
import { overWord } from "./sweepText";

const unit = "loss²/parameter²";

/** Every point with its intervals; under samples one row for each parameter. */
export function sweepTable(record: SweepRecord | undefined): DataTable {
  if (!record) return { caption: "", columns: [], rows: [], newestFirst: false, total: 0 };
  const { over, points } = record;
  const number = (title: string, of?: string): TableColumn => ({ title, kind: "number", ...(of ? { unit: of } : {}) });
  const spread = [number(text("Interval low")), number(text("Interval high"))];
  const rows =
    over === "samples"
      ? points.flatMap(({ value, parameters }) =>
          parameters.map(({ name, snr, variance }) => [value, name, ...cells(snr), ...cells(variance)]),
        )
      : points.map(({ value, estimator, biasSquared, variance, meanSquaredError }) => [
          value,
          estimator,
          ...cells(biasSquared),
          ...cells(variance),
          ...cells(meanSquaredError),
        ]);
  const quantities =
    over === "samples"
      ? [
          { title: text("Parameter"), kind: "text" } as const,
          number("SNR"),
          ...spread,
          number(text("Variance"), unit),
          ...spread,
        ]
      : [
          { title: text("Estimator"), kind: "text" } as const,
          number(text("Bias²"), unit),
          ...spread,
          number(text("Variance"), unit),
          ...spread,
          number(text("Mean squared error"), unit),
          ...spread,
        ];
  return {
    caption: text("{0} swept, {1}", overWord(over), subjectText(record)),
    columns: [number(overWord(over)), ...quantities],
    rows,
    newestFirst: false,
    total: rows.length,
  };
}

const cells = ({ value, interval }: Measured): (number | null)[] => [
  value,
  interval?.[0] ?? null,
  interval?.[1] ?? null,
];
