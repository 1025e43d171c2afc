import type { HostGradients, HostTensor, InferenceStep, NodeTerms } from "../../diagnostics/decomposeEstimate";
import { GradlensError } from "../../errors";
import type { DebugStage, DebugVariable } from "../../protocol/debug";
import { isTensor, isThing, parseExpression, statistic, type Value } from "./expression";
import type { StepView } from "./stepView";

/** Elements given at once when no page is asked for. */
const PAGE = 1000;
/** Elements that a summary lists; above that it says how they are spread. */
const LISTED = 6;

/** The children of a place in the Variables view: `["parameters", NAME, "gradient"]`; a tensor's elements a page at a time. */
export function variablesAt(
  view: StepView,
  path: readonly string[],
  start = 0,
  count = PAGE,
): readonly DebugVariable[] {
  const [scope = "", ...rest] = path;
  const found = scopes[scope]?.(view, rest, path);
  if (found === undefined)
    throw new GradlensError("GL1904", `there is nothing at ${path.join(" › ")}; the run has gone on, look again`);
  return isRows(found) ? found : elements(found, start, count);
}

const isRows = (place: readonly DebugVariable[] | HostTensor): place is readonly DebugVariable[] =>
  Array.isArray(place);

type Place = readonly DebugVariable[] | HostTensor | undefined;

const scopes: Readonly<Record<string, (view: StepView, rest: readonly string[], path: readonly string[]) => Place>> = {
  step: (view) => [
    row("step", view.subject.step, [], "step"),
    row("loss", view.loss, [], "loss"),
    row("learning rate", view.subject.learningRate, [], "lr"),
    row("gradient norm", norm(view.gradients), []),
    row("evaluations", view.evaluations, [], "evaluations"),
  ],
  nodes: (view, [name, ...rest], path) => {
    if (name === undefined)
      return view.nodeNames.map((node) => {
        const terms = termsOf(view, node);
        const text = terms
          ? `${terms.distribution}, contributes ${number(norm(contribution(terms)))}`
          : "all states are summed";
        return { name: node, value: text, ...(terms ? { path: [...path, node] } : {}), expression: `node("${node}")` };
      });
    const terms = termsOf(view, name);
    return terms && nodePlace(terms, rest, path);
  },
  stage: (view, [name, stage, ...rest], path) => {
    const terms = termsOf(view, name ?? "");
    if (!terms || stage === undefined) return undefined;
    if (rest.length > 0) return nodePlace(terms, rest, path);
    return stageRows(terms, stage as DebugStage, path);
  },
  parameters: (view, [name, member], path) => {
    if (name === undefined)
      return view.parameterNames.map((parameter) => {
        const variance = view.variance(parameter);
        const size = number(norm(new Map([[parameter, view.gradients.get(parameter)!]])));
        return {
          name: parameter,
          value: `gradient norm ${size}, variance ${known(variance?.total)}, SNR ${known(variance?.snr)}`,
          path: [...path, parameter],
          expression: `parameter("${parameter}")`,
        };
      });
    if (!view.parameterNames.includes(name)) return undefined;
    if (member === "value") return view.parameter(name);
    if (member === "gradient") return view.gradients.get(name);
    const variance = view.variance(name);
    return [
      row("value", view.parameter(name), path, `parameter("${name}")`),
      row("gradient", view.gradients.get(name)!, path, `gradient("${name}")`),
      row("variance", variance?.total ?? null, path, `variance("${name}")`),
      row("SNR", variance?.snr ?? null, path, `snr("${name}")`),
    ];
  },
  expression: (view, [text = ""]) => {
    const value = parseExpression(text).evaluate(view);
    return value !== null && isTensor(value) ? value : undefined;
  },
  baselines: (view, [node, key], path) => {
    const states = [...view.subject.estimators].map(([name, estimator]) => [name, estimator.state()] as const);
    if (node === undefined)
      return states.flatMap(([name, state]) => {
        const tensors = Object.keys(state).length;
        return tensors === 0
          ? []
          : [{ name, value: `${tensors} tensor${tensors === 1 ? "" : "s"}`, path: [...path, name] }];
      });
    const state = states.find(([name]) => name === node)?.[1];
    if (key !== undefined) return state?.[key];
    return state && Object.entries(state).map(([name, tensor]) => row(name, tensor, path));
  },
};

const isTerm = (name: string): name is "sample" | "meanField" | "logProb" | "credit" | "signal" | "controlVariate" =>
  ["sample", "meanField", "logProb", "credit", "signal", "controlVariate"].includes(name);

function nodePlace(terms: NodeTerms, [member, ...rest]: readonly string[], path: readonly string[]): Place {
  if (member === undefined) return nodeRows(terms, path);
  if (member === "inference") return inferencePlace(terms, rest, path);
  if (isTerm(member)) return terms[member] ?? undefined;
  const group = groupOf(terms, member);
  if (!group) return terms.parameters[member];
  const [parameter] = rest;
  if (parameter !== undefined) return group.get(parameter);
  return [...group].map(([name, tensor]) => row(name, tensor, path));
}

function nodeRows(terms: NodeTerms, path: readonly string[]): readonly DebugVariable[] {
  const { node, inference } = terms;
  return [
    ...(inference ? [{ name: "inference", value: wayOf(inference), path: [...path, "inference"] }] : []),
    ...Object.entries(terms.parameters).map(([name, tensor]) => row(name, tensor, path, `node("${node}").${name}`)),
    row("sample", terms.sample, path, `node("${node}").sample`),
    row("meanField", terms.meanField, path, `node("${node}").mean`),
    ...(["logProb", "credit", "signal", "controlVariate"] as const).map((name) =>
      row(name, terms[name], path, `node("${node}").${name}`),
    ),
    ...gradientGroups(terms, path),
  ];
}

/** The parameters of the posterior after an inference step, or one of them. */
function inferencePlace(
  { inference }: NodeTerms,
  [step, parameter]: readonly string[],
  path: readonly string[],
): Place {
  if (!inference) return undefined;
  if (step === undefined) return inferenceRows(inference, path);
  const parameters = inference[Number(step)]?.parameters;
  if (parameter !== undefined) return parameters?.[parameter];
  return parameters && Object.entries(parameters).map(([name, tensor]) => row(name, tensor, path));
}

const inferenceRows = (inference: readonly InferenceStep[], path: readonly string[]): readonly DebugVariable[] =>
  inference.map(({ loss }, k) => ({ name: `step ${k}`, value: `loss ${number(loss)}`, path: [...path, `${k}`] }));

const wayOf = (inference: readonly InferenceStep[]): string =>
  `${inference.length - 1} steps, loss ${number(inference[0]!.loss)} to ${number(inference.at(-1)!.loss)}`;

const groupOf = (terms: NodeTerms, name: string): HostGradients | undefined =>
  name === "contribution"
    ? contribution(terms)
    : name === "score" || name === "correction" || name === "path"
      ? terms[name]
      : undefined;

function gradientGroups(terms: NodeTerms, path: readonly string[]): readonly DebugVariable[] {
  return (["score", "correction", "path", "contribution"] as const).map((name) => ({
    name,
    value: `norm ${number(norm(groupOf(terms, name)!))}`,
    path: [...path, name],
  }));
}

function stageRows(terms: NodeTerms, stage: DebugStage, path: readonly string[]): readonly DebugVariable[] {
  const shown: Partial<Record<DebugStage, readonly string[]>> = {
    sample: [...Object.keys(terms.parameters), "sample"],
    correction: ["correction", "path"],
    contribution: ["score", "correction", "path", "contribution"],
  };
  if (stage === "inference") return inferenceRows(terms.inference ?? [], [...path, "inference"]);
  const names = shown[stage] ?? [stage];
  return nodeRows(terms, path).filter(({ name }) => names.includes(name));
}

/** What a node adds to every parameter's gradient. */
export function contribution({ score, correction, path }: NodeTerms): HostGradients {
  return new Map(
    [...score].map(([name, { shape, values }]) => [
      name,
      { shape, values: values.map((x, i) => x + correction.get(name)!.values[i]! + path.get(name)!.values[i]!) },
    ]),
  );
}

function termsOf(view: StepView, node: string): NodeTerms | undefined {
  return view.estimate.nodes.find((terms) => terms.node === node);
}

/** A value as a row, with where its children are. */
export function row(name: string, value: Value, path: readonly string[], expression?: string): DebugVariable {
  const tensor = value !== null && isTensor(value) ? value : null;
  return {
    name,
    value: describe(value),
    ...(tensor
      ? { type: `tensor [${tensor.shape.join(", ")}]`, path: [...path, name], indexed: tensor.values.length }
      : {}),
    ...(expression === undefined ? {} : { expression }),
  };
}

export function describe(value: Value): string {
  if (value === null) return "unknown";
  if (typeof value === "number") return number(value);
  if (typeof value !== "object") return String(value);
  if (isThing(value)) return value.text;
  if (value.shape.length === 0) return number(value.values[0]!);
  if (value.values.length <= LISTED) return `[${value.shape.join(", ")}] ${[...value.values].map(number).join(", ")}`;
  const [mean, std, min, max, nan] = ["mean", "std", "min", "max", "nan"].map((name) => statistic(value, name)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const missing = nan > 0 ? `, ${nan} NaN` : "";
  return `[${value.shape.join(", ")}] mean ${number(mean)}, std ${number(std)}, min ${number(min)}, max ${number(max)}${missing}`;
}

function elements({ shape, values }: HostTensor, start: number, count: number): readonly DebugVariable[] {
  const end = Math.min(values.length, start + count);
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => {
    let rest = start + i;
    const index = [...shape].reverse().map((size) => {
      const at = rest % size;
      rest = Math.floor(rest / size);
      return at;
    });
    return { name: `[${index.reverse().join(", ")}]`, value: number(values[start + i]!) };
  });
}

export const norm = (gradients: HostGradients): number =>
  Math.sqrt([...gradients.values()].reduce((sum, { values }) => sum + values.reduce((s, x) => s + x * x, 0), 0));

const known = (value: number | null | undefined): string => (value == null ? "unknown" : number(value));

function number(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : String(Number(value.toPrecision(4)));
}
