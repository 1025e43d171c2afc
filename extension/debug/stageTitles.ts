import type { DebugStage } from "../../core/protocol/debug";
import type { Localizer } from "./localizer";

/** What a term of an estimate is called in the call stack. */
export function stageTitles(l10n: Localizer): Readonly<Record<DebugStage, string>> {
  return {
    inference: l10n.t("posterior refined"),
    sample: l10n.t("sample drawn"),
    meanField: l10n.t("mean-field value"),
    logProb: l10n.t("log-probability"),
    credit: l10n.t("credited cost"),
    signal: l10n.t("learning signal"),
    controlVariate: l10n.t("control variate"),
    correction: l10n.t("correction"),
    contribution: l10n.t("contribution"),
  };
}
