import * as vscode from "vscode";
import type { Expectation } from "../../core/protocol/checks";

/** `half is unbiased`. @param estimator none for the model file's own, where it is not known */
export function testLabel(estimator: string | undefined, expect: Expectation): string {
  const subject = estimator || vscode.l10n.t("its estimator");
  if (expect === "unbiased") return vscode.l10n.t("{0} is unbiased", subject);
  if (expect === "biased") return vscode.l10n.t("{0} is biased", subject);
  return vscode.l10n.t("{0} has variance below the recorded bound", subject);
}
