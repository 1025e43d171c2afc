import type { ParameterVerdict } from "../../core/protocol/bias";
import type { GraphNode, ModelGraph } from "../../core/protocol/graph";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { NodeSettings } from "../../core/protocol/trunks";
import type {
  ControlVariateReport,
  ParameterAttribution,
  ParameterVariance,
  VarianceRecord,
} from "../../core/protocol/variance";
import { formatInterval, formatShare, formatShort } from "../format";

/** Below this signal-to-noise ratio of one estimate a parameter is marked: the noise is ten times the gradient. */
const lowSnr = 0.1;

export type AnnotationLevel = "normal" | "lowSnr" | "unknown";

export interface ParameterAnnotation {
  readonly name: string;
  /** The name's last part, for example `weight`, when the line declares several. */
  readonly label: string;
  readonly variance: ParameterVariance | null;
  /** Monte Carlo variance per record, oldest first; null where unknown. */
  readonly history: readonly (number | null)[];
  readonly isNoisy: boolean;
  /** What the last check of bias said of it, and with which estimator. */
  readonly verdict?: ParameterVerdict & {
    readonly estimator: string;
    readonly step: number;
    /** It is about the guide's posterior, where training takes its gradient at refined ones. */
    readonly unrefined?: boolean;
  };
  /** Which nodes' noise causes its variance. */
  readonly attribution?: ParameterAttribution;
}

export interface SampleAnnotation {
  readonly name: string;
  readonly distribution: string | null;
  readonly estimator: string;
  /** Share of the whole Monte Carlo variance that parameters upstream of this node hold, 0 to 1; null when unknown. */
  readonly upstreamShare: number | null;
  /** What its control variate did at the last measurement, where it has one. */
  readonly control?: ControlVariateReport;
  /** Temperatures and weights that its estimator has learned or moved. */
  readonly settings?: NodeSettings["settings"];
}

/** What is known about one line of the model file. */
export interface LineAnnotation {
  /** Line of the text that the engine read, counted from 0. */
  readonly sourceLine: number;
  readonly parameters: readonly ParameterAnnotation[];
  readonly samples: readonly SampleAnnotation[];
  readonly level: AnnotationLevel;
  /** Text at the end of the line. */
  readonly text: string;
}

/** Annotations of a run, one per line of its model file that declares parameters or draws samples, top to bottom. */
export function annotate(snapshot: RunSnapshot): readonly LineAnnotation[] {
  const byLine = new Map<number, GraphNode[]>();
  for (const node of snapshot.graph.nodes) {
    if (node.source?.file !== snapshot.file) continue;
    if (node.kind !== "parameter" && node.kind !== "stochastic") continue;
    const nodes = byLine.get(node.source.line - 1) ?? [];
    byLine.set(node.source.line - 1, [...nodes, node]);
  }
  return [...byLine].sort(([a], [b]) => a - b).map(([line, nodes]) => annotateLine(line, nodes, snapshot));
}

function annotateLine(sourceLine: number, nodes: readonly GraphNode[], snapshot: RunSnapshot): LineAnnotation {
  const declared = nodes.filter(({ kind }) => kind === "parameter");
  const parameters = declared.map((node) => annotateParameter(node, declared.length > 1, snapshot));
  const samples = distinct(nodes.filter(({ kind }) => kind === "stochastic")).map((node) =>
    annotateSample(node, snapshot),
  );
  return { sourceLine, parameters, samples, level: levelOf(parameters), text: textOf(parameters, samples) };
}

function annotateParameter(node: GraphNode, several: boolean, snapshot: RunSnapshot): ParameterAnnotation {
  return {
    name: node.name,
    label: several ? (node.name.split("/").pop() ?? node.name) : "",
    variance: latestVariance(snapshot, node.name),
    history: varianceHistory(snapshot, node.name),
    isNoisy: isNoisy(snapshot, node.name),
    ...verdictOf(node.name, snapshot),
    ...attributionOf(node.name, snapshot),
  };
}

/** The last check's verdict, as long as it is about the estimator that is used and the file whose lines these are. */
function verdictOf(name: string, { bias, file, estimator, views }: RunSnapshot): Pick<ParameterAnnotation, "verdict"> {
  const found = bias?.file === file ? bias.parameters.find((parameter) => parameter.name === name) : undefined;
  if (!found || bias?.estimator !== estimator) return {};
  const about = views?.includes("refinement") ? { unrefined: true } : {};
  return { verdict: { ...found, estimator, step: bias.step, ...about } };
}

function attributionOf(name: string, { attribution }: RunSnapshot): Pick<ParameterAnnotation, "attribution"> {
  const found = attribution?.parameters.find((parameter) => parameter.name === name);
  return found && found.variance > 0 ? { attribution: found } : {};
}

function annotateSample(node: GraphNode, snapshot: RunSnapshot): SampleAnnotation {
  return {
    name: node.name,
    distribution: node.distribution ?? null,
    estimator: node.estimator ?? snapshot.estimator,
    upstreamShare: upstreamShare(snapshot.graph, node.name, snapshot.variance.at(-1)),
    ...controlOf(node.name, snapshot),
    ...settingsOf(node.name, snapshot),
  };
}

function settingsOf(name: string, { settings }: RunSnapshot): Pick<SampleAnnotation, "settings"> {
  const found = settings?.find(({ node }) => node === name);
  return found ? { settings: found.settings } : {};
}

function controlOf(name: string, { controlVariates }: RunSnapshot): Pick<SampleAnnotation, "control"> {
  const control = controlVariates?.nodes.find(({ node }) => node === name);
  return control ? { control } : {};
}

/** Newest record of a parameter, null before the first. */
export function latestVariance(snapshot: RunSnapshot, name: string): ParameterVariance | null {
  return snapshot.variance.at(-1)?.parameters.find((parameter) => parameter.name === name) ?? null;
}

/** Monte Carlo variance of a parameter per record, the newest `limit` of them. */
export function varianceHistory(snapshot: RunSnapshot, name: string, limit = 60): readonly (number | null)[] {
  return snapshot.variance
    .slice(-limit)
    .map(({ parameters }) => parameters.find((parameter) => parameter.name === name)?.monteCarlo ?? null);
}

/**
 * Whether one estimate of a parameter is mostly noise: the median ratio of its last records is low. One record alone
 * jumps about, and a colour that followed it would flicker.
 */
export function isNoisy(snapshot: RunSnapshot, name: string, records = 9): boolean {
  const recent = snapshot.variance
    .slice(-records)
    .flatMap(({ parameters }) => {
      const found = parameters.find((parameter) => parameter.name === name);
      // A mean that many draws do not tell from 0 is, in one of them, noise.
      return found?.snr ?? (found?.total ? 0 : []);
    })
    .sort((a, b) => a - b);
  const median = recent[Math.floor(recent.length / 2)];
  return median !== undefined && median < lowSnr;
}

/** Monte Carlo variance of the parameters that a node depends on, over that of all parameters. */
export function upstreamShare(graph: ModelGraph, node: string, record: VarianceRecord | undefined): number | null {
  if (!record) return null;
  const above = ancestors(graph, node);
  let upstream = 0;
  let whole = 0;
  for (const { name, monteCarlo } of record.parameters) {
    if (monteCarlo === null) return null;
    whole += monteCarlo;
    if (above.has(name)) upstream += monteCarlo;
  }
  return whole > 0 ? upstream / whole : null;
}

function ancestors(graph: ModelGraph, node: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [node];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const { from, to } of graph.edges) {
      if (to !== name || found.has(from)) continue;
      found.add(from);
      open.push(from);
    }
  }
  return found;
}

const distinct = (nodes: readonly GraphNode[]): readonly GraphNode[] =>
  nodes.filter((node, index) => nodes.findIndex(({ name }) => name === node.name) === index);

function levelOf(parameters: readonly ParameterAnnotation[]): AnnotationLevel {
  if (parameters.length === 0) return "normal";
  if (parameters.some(({ verdict }) => verdict?.verdict === "biased")) return "lowSnr";
  if (parameters.every(({ variance }) => variance === null || variance.monteCarlo === null)) return "unknown";
  return parameters.some((parameter) => parameter.isNoisy) ? "lowSnr" : "normal";
}

function textOf(parameters: readonly ParameterAnnotation[], samples: readonly SampleAnnotation[]): string {
  return [...parameters.map(parameterText), ...samples.map(sampleText)].join(" | ");
}

/** `variance 1.2e-3 [0.91, 1.6]e-3 · SNR 3.1`, or `variance unknown` when there are too few draws. */
export function parameterText({
  label,
  variance,
  verdict,
}: Pick<ParameterAnnotation, "label" | "variance" | "verdict">): string {
  const told = verdict ? ` · ${verdictMark[verdict.verdict]} ${verdict.verdict}` : "";
  // Where nothing but a check was done there is no variance to call unknown.
  if (!variance && verdict)
    return `${label === "" ? "" : `${label} `}${verdictMark[verdict.verdict]} ${verdict.verdict}`;
  return `${varianceText(label, variance)}${told}`;
}

/** Verdicts are told apart by shape, too. */
export const verdictMark = { unbiased: "✓", biased: "▲", undecided: "?" } as const;

function varianceText(label: string, variance: ParameterVariance | null): string {
  const head = label === "" ? "variance" : `${label} variance`;
  if (!variance || variance.monteCarlo === null) return `${head} unknown`;
  const snr = variance.snr === null ? "unknown" : formatShort(variance.snr);
  return `${head} ${formatInterval(variance.monteCarlo, variance.interval, formatShort)} · SNR ${snr}`;
}

function sampleText({ estimator, upstreamShare: share }: SampleAnnotation): string {
  return share === null ? estimator : `${estimator} · ${formatShare(share)} of the variance upstream`;
}
