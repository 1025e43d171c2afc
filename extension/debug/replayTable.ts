import type { DebugReplay } from "../../core/protocol/debug";

/** Two estimates of one step side by side, for the debug console. */
export function replayTable({ step, estimators: [first, second], parameters }: DebugReplay): string {
  const head = [
    "parameter",
    `norm: ${first}`,
    `norm: ${second}`,
    "cosine",
    `variance: ${first}`,
    `variance: ${second}`,
  ];
  const rows = parameters.map(({ name, norms, cosine, variances }) => [
    name,
    ...norms.map(number),
    number(cosine),
    ...variances.map(number),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const lines = [head, ...rows].map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join("  "),
  );
  return [`Step ${step} from the same keys; variances are Monte Carlo, loss²/parameter².`, ...lines, ""].join("\n");
}

function number(value: number | null): string {
  return value === null ? "unknown" : String(Number(value.toPrecision(3)));
}
