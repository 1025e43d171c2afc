import * as vscode from "vscode";
import type { CheckOutcome, VarianceFinding } from "../../core/protocol/checks";
import type { BiasRecord, ParameterVerdict } from "../../core/protocol/bias";
import type { SourceLocation } from "../../core/protocol/source";
import { moreText } from "../commands/verdictText";
import { escapeMarkdown } from "../escapeMarkdown";
import { formatInterval, formatNumber, formatShare } from "../format";
import { commandIds } from "../ids";
import { svgDataUri } from "../inline/sparkline";
import { sentence } from "../messages";
import { intervalPicture, type JudgedInterval } from "./intervalPicture";
import { pictureInk } from "./pictureInk";

/** What the Testing view says of a test that does not hold: one message per parameter, at its line. */
export function testMessages(outcome: CheckOutcome, testId: string): vscode.TestMessage[] {
  const messages = [...biasMessages(outcome, testId), ...varianceMessages(outcome)];
  if (messages.length > 0) return messages;
  const message = new vscode.TestMessage(sentence(new Error(outcome.message)));
  return [at(message, outcome.source ?? outcome.test.source)];
}

function biasMessages({ bias }: CheckOutcome, testId: string): vscode.TestMessage[] {
  if (!bias) return [];
  // A positive control fails as a whole; everything else at the parameters that decide it.
  const told = bias.parameters.filter(({ verdict }) => verdict === bias.verdict);
  return told.map((parameter) => {
    const { relativeBias, interval, verdict, source } = parameter;
    const text = new vscode.MarkdownString(escapeMarkdown(biasText(parameter, bias)));
    if (relativeBias !== null)
      appendPicture(text, {
        value: relativeBias,
        interval: widthOf(interval),
        limit: bias.margin,
        limitLabel: vscode.l10n.t("margin {0}", formatShare(bias.margin)),
        verdict: ({ biased: "beyond", unbiased: "within", undecided: "undecided" } as const)[verdict],
      });
    text.appendMarkdown(`\n\n[${vscode.l10n.t("Show the bias panel")}](${showCommand(testId)})`);
    text.isTrusted = { enabledCommands: [commandIds.showTestResult] };
    return at(new vscode.TestMessage(text), source);
  });
}

function biasText({ name, verdict, relativeBias, interval, moreDraws }: ParameterVerdict, bias: BiasRecord): string {
  const found = relativeBias === null ? vscode.l10n.t("unknown") : formatInterval(relativeBias, widthOf(interval));
  const how =
    bias.method === "enumeration"
      ? vscode.l10n.t("all states enumerated")
      : vscode.l10n.t("{0} draws at {1} confidence", bias.draws ?? 0, formatShare(bias.level ?? 0.95));
  const asked = [bias.estimator, name, found, formatShare(bias.margin), how];
  if (verdict === "biased")
    return vscode.l10n.t("{0} is biased at {1}: {2} of the gradient, margin {3} ({4}).", ...asked);
  if (verdict === "unbiased")
    return vscode.l10n.t("{0} is unbiased at {1}: {2} of the gradient, margin {3} ({4}).", ...asked);
  const more = moreText(moreDraws);
  return vscode.l10n.t("{0} is undecided at {1}: {2} of the gradient, margin {3} ({4}); {5}.", ...asked, more);
}

function varianceMessages({ variance, estimator }: CheckOutcome): vscode.TestMessage[] {
  if (!variance) return [];
  const told = variance.parameters.filter(({ verdict }) => verdict === variance.verdict && verdict !== "below");
  return told.map((finding) => {
    const { name, bound, interval, verdict, source } = finding;
    const shownBound = bound === null ? vscode.l10n.t("none") : formatNumber(bound);
    const asked = [estimator ?? "", name, varianceText(finding), shownBound];
    const words =
      verdict === "above"
        ? vscode.l10n.t("The variance of {0} at {1} is above its recorded bound: {2}, bound {3}.", ...asked)
        : vscode.l10n.t(
            "Draws cannot tell if the variance of {0} at {1} is below its bound: {2}, bound {3}.",
            ...asked,
          );
    const text = new vscode.MarkdownString(escapeMarkdown(words));
    if (finding.variance !== null && bound !== null)
      appendPicture(text, {
        value: finding.variance,
        interval: widthOf(interval),
        limit: bound,
        limitLabel: vscode.l10n.t("bound {0}", shownBound),
        verdict: verdict === "above" ? "beyond" : "undecided",
      });
    return at(new vscode.TestMessage(text), source);
  });
}

/** The text above it says the same in words. */
function appendPicture(text: vscode.MarkdownString, judged: JudgedInterval): void {
  const alt = vscode.l10n.t("Interval beside the {0}", judged.limitLabel);
  text.appendMarkdown(`\n\n![${alt}](${svgDataUri(intervalPicture(judged, pictureInk()))})`);
}

const varianceText = ({ variance, interval }: VarianceFinding): string =>
  variance === null || interval === null ? vscode.l10n.t("unknown") : formatInterval(variance, widthOf(interval));

/** Enumerated numbers have an interval of no width, which says nothing. */
const widthOf = (interval: readonly [number, number] | null): readonly [number, number] | null =>
  interval && interval[1] > interval[0] ? interval : null;

function showCommand(testId: string): string {
  return `command:${commandIds.showTestResult}?${encodeURIComponent(JSON.stringify([testId]))}`;
}

function at(message: vscode.TestMessage, source: SourceLocation | undefined): vscode.TestMessage {
  if (source) {
    const position = new vscode.Position(source.line - 1, Math.max(0, source.column - 1));
    message.location = new vscode.Location(vscode.Uri.file(source.file), position);
  }
  return message;
}
