import { GradlensError } from "../errors";
import type { Estimator, NodeEstimator, Options, OptionValue } from "./estimator";
import { estimatorAliases, estimators } from "./registry";
import { unknownName } from "../unknownName";

/** An estimator with its options filled in, as `gsb(order=4)` says it. */
export interface EstimatorSpec {
  readonly estimator: Estimator;
  readonly options: Options;
  /** The canonical text: id, then the options that were given. */
  readonly text: string;
}

/** A default estimator and those of single nodes. */
export interface EstimatorChoice {
  readonly default: EstimatorSpec | null;
  readonly nodes: ReadonlyMap<string, EstimatorSpec>;
}

/** Reads `ID`, `ID(option=value, …)`. @throws GL1310–GL1313, GL1325 naming what is wrong and the ids that exist */
export function parseEstimator(text: string): EstimatorSpec {
  const match = /^\s*([a-z0-9-]+)\s*(?:\((.*)\))?\s*$/s.exec(text);
  if (!match)
    throw usage(
      "GL1310",
      `"${text}" is no estimator; expected an id such as muprop-c or half, with options in parentheses`,
    );
  const id = estimatorAliases[match[1]!] ?? match[1]!;
  const estimator = estimators.find((candidate) => candidate.id === id);
  if (!estimator) {
    const known = estimators.map((candidate) => candidate.id);
    throw unknownName("GL1311", "estimator", match[1]!, known);
  }
  const options: Record<string, OptionValue> = Object.fromEntries(
    estimator.options.map((option) => [option.name, option.default]),
  );
  const given: string[] = [];
  for (const part of (match[2] ?? "").split(",").filter((piece) => piece.trim() !== "")) {
    const [name = "", raw] = part.split("=").map((piece) => piece.trim());
    const option = estimator.options.find((candidate) => candidate.name === name);
    if (!option) {
      const known = estimator.options.map((candidate) => candidate.name).join(", ");
      throw usage("GL1312", `estimator ${id} has no option "${name}"; ${known ? `it has ${known}` : "it has none"}`);
    }
    const value: OptionValue =
      raw !== undefined && raw !== "" && Number.isFinite(Number(raw)) ? Number(raw) : (raw ?? "");
    if (!option.accepts(value))
      throw usage("GL1313", `option ${name} of ${id} needs ${option.allowed}, got ${raw ?? "nothing"}`);
    options[name] = value;
    given.push(`${name}=${value}`);
  }
  const conflict = estimator.conflict?.(options) ?? null;
  if (conflict !== null) throw usage("GL1325", `the options of ${id} do not fit together: ${conflict}`);
  return { estimator, options, text: given.length > 0 ? `${id}(${given.join(",")})` : id };
}

/** Reads `ID` or `NODE=ID,NODE=ID,…`, or a mixture with one default; commas inside parentheses belong to options. */
export function parseEstimatorChoice(text: string): EstimatorChoice {
  let fallback: EstimatorSpec | null = null;
  const nodes = new Map<string, EstimatorSpec>();
  for (const part of splitOutsideParentheses(text)) {
    const named = /^\s*([^=()]+?)\s*=\s*(.+)$/s.exec(part);
    if (named) nodes.set(named[1]!, parseEstimator(named[2]!));
    else if (fallback) throw usage("GL1314", `"${text}" names two default estimators; write NODE=ID for single nodes`);
    else fallback = parseEstimator(part);
  }
  if (!fallback && nodes.size === 0)
    throw usage("GL1310", "the estimator is empty; expected an id such as muprop-c, or NODE=ID");
  return { default: fallback, nodes };
}

/** The specs at every node: the command line's node, the text's node, the command line's default, the model file's. */
export function chooseEstimators(
  nodes: ReadonlyMap<string, { readonly id: string }>,
  asked: ReadonlyMap<string, string>,
  commandLine: EstimatorChoice | null,
  modelFile: EstimatorChoice | null,
  objectiveId: string,
): ReadonlyMap<string, EstimatorSpec> {
  for (const name of commandLine?.nodes.keys() ?? []) {
    if (!nodes.has(name))
      throw usage("GL1315", `there is no node "${name}"; the model's nodes are ${[...nodes.keys()].join(", ")}`);
  }
  for (const name of modelFile?.nodes.keys() ?? []) {
    if (!nodes.has(name))
      throw new GradlensError(
        "GL1315",
        `the model's estimator option names the node "${name}"; the model's nodes are ${[...nodes.keys()].join(", ")}`,
      );
  }
  const chosen = new Map<string, EstimatorSpec>();
  for (const [name, distribution] of nodes) {
    const text = asked.get(name);
    const spec =
      commandLine?.nodes.get(name) ??
      (text === undefined ? undefined : parseEstimator(text)) ??
      commandLine?.default ??
      modelFile?.nodes.get(name) ??
      modelFile?.default ??
      parseEstimator("lr-c");
    refuseUnserved(name, distribution.id, spec, objectiveId);
    chosen.set(name, spec);
  }
  return chosen;
}

/** The estimators of all nodes as on the command line: one id where they are the same, else NODE=ID,… */
export function specText(specs: ReadonlyMap<string, Pick<EstimatorSpec, "text">>): string {
  const texts = new Set([...specs.values()].map(({ text }) => text));
  if (texts.size === 1) return [...texts][0]!;
  return [...specs].map(([node, { text }]) => `${node}=${text}`).join(",");
}

/** Estimators that can stand at a node of a distribution under an objective. */
export function applicable(distributionId: string, objectiveId: string): readonly Estimator[] {
  return estimators.filter((estimator) => serves(estimator, distributionId, objectiveId));
}

export function createNodeEstimators(specs: ReadonlyMap<string, EstimatorSpec>): Map<string, NodeEstimator> {
  return new Map([...specs].map(([name, { estimator, options }]) => [name, estimator.create(options)]));
}

function serves(estimator: Estimator, distributionId: string, objectiveId: string): boolean {
  return (
    (estimator.distributions === "all"
      ? distributionId !== "dirac"
      : estimator.distributions.includes(distributionId)) &&
    (estimator.objectives?.includes(objectiveId) ?? true)
  );
}

function refuseUnserved(
  node: string,
  distributionId: string,
  { estimator, options, text }: EstimatorSpec,
  objectiveId: string,
): void {
  const withOptions = estimator.distributionsWith?.(options) ?? null;
  const fits = withOptions?.includes(distributionId) ?? true;
  if (fits && serves(estimator, distributionId, objectiveId)) return;
  const why =
    !fits || (estimator.distributions !== "all" && !estimator.distributions.includes(distributionId))
      ? `does not serve ${distributionId}`
      : `does not serve the objective ${objectiveId}`;
  throw usage(
    "GL1316",
    `estimator ${fits ? estimator.id : text} ${why} at node "${node}"; use one of ${applicable(
      distributionId,
      objectiveId,
    )
      .map((e) => e.id)
      .join(", ")}`,
  );
}

/** The parts of an estimator choice: commas inside parentheses belong to options. */
export function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const character of text) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  parts.push(part);
  return parts.filter((piece) => piece.trim() !== "");
}

function usage(code: string, message: string): GradlensError {
  return new GradlensError(code, message, { usage: true });
}
