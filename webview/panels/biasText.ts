import type { BiasRecord } from "../../core/protocol/bias";
import { formatCount, formatNumber, formatPercent } from "../format";
import { text } from "../text";

/** The verdict of a check in one sentence. */
export function verdictSentence({ estimator, verdict, margin, moreDraws }: BiasRecord): string {
  if (verdict === "unbiased")
    return text("{0} is unbiased within {1} of the gradient.", estimator, formatPercent(margin));
  if (verdict === "biased") return text("{0} is biased.", estimator);
  return moreDraws === null
    ? text("Cannot tell yet whether {0} is biased; how many more draws it needs is unknown.", estimator)
    : text("Cannot tell yet whether {0} is biased: about {1} more draws.", estimator, formatCount(moreDraws));
}

/** How the verdict was reached, in one sentence. */
export function methodSentence({ method, reference, margin, level, draws, beside }: BiasRecord): string {
  const counted = text("A bias below {0} of the gradient counts as none.", formatPercent(margin));
  const limit = beside
    ? `${counted} ${text("Checked beside training until step {0}; all such checks of the run hold together at {1}.", formatCount(beside.until), formatPercent(beside.level))}`
    : counted;
  if (method === "enumeration") return `${text("Exact: all joint states enumerated.")} ${limit}`;
  const how = text(
    "{0} draws, compared with {1}; intervals hold together at {2}.",
    formatCount(draws),
    reference,
    formatPercent(level),
  );
  return `${how} ${limit}`;
}

/** `2.24`, `0.0123 [0, 0.056]`, `unknown`. */
export function relativeBiasText(value: number | null, interval: readonly [number, number] | null): string {
  const shown = formatNumber(value);
  if (value === null || interval === null || interval[0] === interval[1]) return shown;
  return `${shown} [${formatNumber(interval[0])}, ${formatNumber(interval[1])}]`;
}
