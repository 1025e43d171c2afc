import type { DebugReplay } from "../../core/protocol/debug";
import type { Localizer } from "./localizer";

/** Two estimates of one step side by side, for the debug console. */
export function replayTable({ step, estimators: [first, second], parameters }: DebugReplay, l10n: Localizer): string {
  const number = (value: number | null): string =>
    value === null ? l10n.t("unknown") : String(Number(value.toPrecision(3)));
  const head = [
    l10n.t("parameter"),
    l10n.t("norm: {0}", first),
    l10n.t("norm: {0}", second),
    l10n.t("cosine"),
    l10n.t("variance: {0}", first),
    l10n.t("variance: {0}", second),
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
  const title = l10n.t("Step {0} from the same keys; variances are Monte Carlo, loss²/parameter².", step);
  return [title, ...lines, ""].join("\n");
}
