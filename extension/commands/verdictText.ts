import * as vscode from "vscode";
import type { BiasRecord, ParameterVerdict, Verdict } from "../../core/protocol/bias";
import { formatInterval, formatShare, formatShort } from "../format";

/** A verdict in the reader's words. */
export function verdictWord(verdict: Verdict): string {
  const words: Readonly<Record<Verdict, string>> = {
    unbiased: vscode.l10n.t("unbiased"),
    biased: vscode.l10n.t("biased"),
    undecided: vscode.l10n.t("undecided"),
  };
  return words[verdict];
}

/** The verdict of a check as one sentence, with the parameters that it rests on. */
export function biasSentence(record: BiasRecord): string {
  const { estimator, verdict, margin, parameters } = record;
  const named = parameters.filter((parameter) => parameter.verdict === verdict).map(({ name }) => name);
  const some = named.length > 3 ? [...named.slice(0, 3), "…"].join(", ") : named.join(", ");
  if (verdict === "unbiased")
    return vscode.l10n.t(
      "{0} is unbiased within {1} of the gradient ({2}).",
      estimator,
      formatShare(margin),
      how(record),
    );
  if (verdict === "biased") return vscode.l10n.t("{0} is biased at {1} ({2}).", estimator, some, how(record));
  return vscode.l10n.t("{0} is undecided at {1} ({2}); {3}.", estimator, some, how(record), moreText(record.moreDraws));
}

function how({ method, draws }: BiasRecord): string {
  return method === "enumeration" ? vscode.l10n.t("all states enumerated") : vscode.l10n.t("{0} draws", draws ?? 0);
}

/** `about 3000 more draws`, or that nobody can say. */
export function moreText(moreDraws: number | null): string {
  return moreDraws === null
    ? vscode.l10n.t("how many more draws it needs is unknown")
    : vscode.l10n.t("about {0} more draws", moreDraws);
}

/** `biased: 2.2 of the gradient`, `undecided, 0 to 0.12 of the gradient`. */
export function parameterVerdictText({ verdict, relativeBias, interval }: ParameterVerdict): string {
  if (relativeBias === null) return verdictWord(verdict);
  const width = interval && interval[1] > interval[0] ? interval : null;
  return `${verdictWord(verdict)} · ${vscode.l10n.t("bias {0} of the gradient", formatInterval(relativeBias, width, formatShort))}`;
}
