import * as vscode from "vscode";
import type { ControlVariateReport, ParameterAttribution, ParameterVariance } from "../../core/protocol/variance";
import { formatInterval, formatNumber, formatShare } from "../format";
import { moreText, parameterVerdictText } from "../commands/verdictText";
import { commandIds } from "../ids";
import type { Session } from "../run/session";
import type { LineAnnotation, ParameterAnnotation } from "./annotations";
import type { InlineVariance } from "./inlineVariance";
import { sparklineSvg, svgDataUri } from "./sparkline";

/** The whole of what is known about a line: the split, degrees of freedom, interval, history, estimator, what to do next. */
export class VarianceHover implements vscode.HoverProvider {
  constructor(
    private readonly inline: InlineVariance,
    private readonly session: Session,
  ) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const found = this.inline.placed(document).find(({ line }) => line === position.line);
    const run = this.session.snapshot;
    if (!found || !run) return undefined;
    const step = run.variance.at(-1)?.step;
    const parts = [
      ...found.annotation.parameters.map((parameter) => parameterMarkdown(parameter, step)),
      ...samplesMarkdown(found.annotation),
      links(found.annotation.parameters),
    ];
    const markdown = new vscode.MarkdownString(parts.join("\n\n"), true);
    markdown.isTrusted = { enabledCommands: Object.values(commandIds) };
    return new vscode.Hover(markdown, document.lineAt(position.line).range);
  }
}

function parameterMarkdown(parameter: ParameterAnnotation, step: number | undefined): string {
  const { name, variance, history } = parameter;
  const shape = variance && variance.shape.length > 0 ? ` ${variance.shape.join(" × ")}` : "";
  const title = `**\`${name}\`**${shape} · ${vscode.l10n.t("variance of one gradient estimate")}`;
  const told = parameter.verdict ? `\n\n${verdictMarkdown(parameter.verdict)}` : "";
  if (!variance) return `${title}\n\n${vscode.l10n.t("Not measured yet.")}${told}`;
  const svg = sparklineSvg(history, isDark() ? "#75beff" : "#1a5fb4");
  const picture = svg === "" ? "" : `![${vscode.l10n.t("history")}](${svgDataUri(svg)}) `;
  const measured = step === undefined ? "" : vscode.l10n.t("Measured at step {0}.", step);
  const lines = [title, "", "| | |", "|---|---|", ...rows(variance).map(([label, value]) => `| ${label} | ${value} |`)];
  lines.push("", `${picture}${measured}`);
  if (parameter.attribution) lines.push("", ...attributionMarkdown(parameter.attribution));
  if (parameter.isNoisy) {
    const words = vscode.l10n.t("One estimate is mostly noise; a control variate or another estimator may help.");
    lines.push("", `$(warning) ${words}`);
  }
  return `${lines.join("\n")}${told}`;
}

/** Nodes below this share of a parameter's variance are not named in its hover. */
const leastShare = 0.01;

/** "62 % [55 %, 70 %] of its Monte Carlo variance comes from the noise of h, 41 % [35 %, 47 %] from that of g"; empty where no share is known. */
function attributionMarkdown({ variance, nodes }: ParameterAttribution): readonly string[] {
  const named = nodes.filter(({ share }) => share !== null && share >= leastShare);
  if (named.length === 0) return [];
  const parts = named.map(({ node, share, interval }, index) => {
    const ends = interval?.map((end) => formatShare(end / variance)).join(", ");
    const shown = `${formatShare(share!)}${ends === undefined ? "" : ` [${ends}]`}`;
    return index === 0
      ? vscode.l10n.t("{0} of its Monte Carlo variance comes from the noise of {1}", shown, `\`${node}\``)
      : vscode.l10n.t("{0} from that of {1}", shown, `\`${node}\``);
  });
  const words = `${parts.join(", ")} (${vscode.l10n.t("{0} intervals", formatShare(0.95))})`;
  const together = named.reduce((sum, { share }) => sum + share!, 0);
  const more = vscode.l10n.t("More than all of it together, so the nodes interact.");
  return [together > 1.1 ? `${words}. ${more}` : `${words}.`];
}

function verdictMarkdown(verdict: NonNullable<ParameterAnnotation["verdict"]>): string {
  const icon = { unbiased: "$(check)", biased: "$(warning)", undecided: "$(question)" }[verdict.verdict];
  const more = verdict.verdict === "undecided" ? ` · ${moreText(verdict.moreDraws)}` : "";
  const where = verdict.unrefined
    ? vscode.l10n.t("parameters of step {0}, at the guide's posterior; training refines it", verdict.step)
    : vscode.l10n.t("parameters of step {0}", verdict.step);
  return `${icon} \`${verdict.estimator}\`: ${parameterVerdictText(verdict)}${more} · ${where}`;
}

function rows(variance: ParameterVariance): readonly (readonly [string, string])[] {
  const unknown = vscode.l10n.t("unknown: too few draws");
  const value = (number: number | null): string => (number === null ? unknown : formatNumber(number));
  const of = (part: number | null): string =>
    part !== null && variance.total !== null && variance.total > 0 ? ` (${formatShare(part / variance.total)})` : "";
  const { monteCarlo } = variance;
  const interval = vscode.l10n.t("Monte Carlo, {0} interval", formatShare(variance.level));
  const shown = monteCarlo === null ? unknown : formatInterval(monteCarlo, variance.interval);
  const draws = vscode.l10n.t("{0} draws", variance.draws);
  return [
    [variance.interval ? interval : vscode.l10n.t("Monte Carlo"), `${shown}${of(monteCarlo)}`],
    [vscode.l10n.t("Data"), `${value(variance.data)}${of(variance.data)}`],
    [vscode.l10n.t("Total"), value(variance.total)],
    ["SNR", value(variance.snr)],
    [vscode.l10n.t("Degrees of freedom"), `${variance.degreesOfFreedom} (${draws})`],
  ];
}

function samplesMarkdown({ samples }: LineAnnotation): readonly string[] {
  return samples.map(({ name, distribution, estimator, upstreamShare, control, settings = [] }) => {
    const head = `**\`${name}\`**${distribution === null ? "" : ` · ${distribution}`} · ${vscode.l10n.t("estimator")} \`${estimator}\``;
    const share =
      upstreamShare === null
        ? ""
        : `\n\n${vscode.l10n.t("Parameters upstream of it hold {0} of the Monte Carlo variance.", formatShare(upstreamShare))}`;
    const moved = settings.map(settingMarkdown).join("");
    return `${head}${moved}${share}${control ? `\n\n${controlMarkdown(control)}` : ""}`;
  });
}

function settingMarkdown({
  name,
  value,
  bound,
}: NonNullable<LineAnnotation["samples"][number]["settings"]>[number]): string {
  const at =
    bound === "minimum" ? ` (${vscode.l10n.t("its minimum")})` : bound ? ` (${vscode.l10n.t("its maximum")})` : "";
  return ` · ${name} ${formatNumber(value)}${at}`;
}

function controlMarkdown({ varianceRatio, interval, correlation, bestCoefficient }: ControlVariateReport): string {
  if (varianceRatio === null) return vscode.l10n.t("Control variate: its effect is unknown.");
  const harmful = interval !== null && interval[0] > 1;
  const ratio = formatInterval(varianceRatio, interval);
  const effect = vscode.l10n.t("Control variate: {0} times the variance without it (95 % interval)", ratio);
  const number = (value: number | null): string => (value === null ? vscode.l10n.t("unknown") : formatNumber(value));
  const more = vscode.l10n.t("correlation {0}, best coefficient {1}", number(correlation), number(bestCoefficient));
  const alarm = harmful ? ` ${vscode.l10n.t("It raises the variance.")}` : "";
  return `${harmful ? "$(warning) " : ""}${effect}; ${more}.${alarm}`;
}

function links(parameters: readonly ParameterAnnotation[]): string {
  const first = parameters[0];
  const show = first
    ? `[${vscode.l10n.t("Show in Panel")}](command:${commandIds.showParameter}?${encodeURIComponent(JSON.stringify([first.name]))})`
    : `[${vscode.l10n.t("Show Panels")}](command:${commandIds.showPanels})`;
  return [
    show,
    `[${vscode.l10n.t("Check Bias")}](command:${commandIds.checkBias})`,
    `[${vscode.l10n.t("Change Estimator")}](command:${commandIds.changeEstimator})`,
    `[${vscode.l10n.t("Toggle Inline Variance")}](command:${commandIds.toggleInline})`,
  ].join(" · ");
}

const isDark = (): boolean =>
  vscode.window.activeColorTheme.kind === vscode.ColorThemeKind.Dark ||
  vscode.window.activeColorTheme.kind === vscode.ColorThemeKind.HighContrast;
