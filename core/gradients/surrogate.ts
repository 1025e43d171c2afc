import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { nodeNoise } from "../distributions/distribution";
import type { MeanField, NodeEstimator, SurrogateContext } from "../estimators/estimator";
import type { Structure } from "../graph/structure";
import { runTrace, type Trace, type TraceNode } from "../graph/trace";
import type { DataInputs, ModelFunctions } from "../model/defineModel";
import { withDenseMemo } from "../model/denseMemo";
import { meanOverSamples } from "../objectives/meanOverSamples";
import type { Objective } from "../objectives/objective";
import type { Noise } from "../random/noise";
import { evaluateBranches, lossWith, type MainPass } from "./branches";
import { curveDerivatives } from "./curveDerivatives";
import { enumeratedRows } from "./enumeratedRows";
import { meanFieldPass } from "./meanFieldPass";
import { pathLogProbs } from "./pathLogProbs";
import { unrecorded } from "./tape";
import { closedForms, hasClosedEntropy } from "./closedForms";
import { closedTerms, entropyKey, spread, sum } from "./terms";

/** One evaluation of a model's gradient, apart from how the gradient is collected. */
export interface Evaluation {
  readonly functions: ModelFunctions;
  readonly structure: Structure;
  readonly objective: Objective;
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  /** Tensors `[1, B', …]`. */
  readonly data: DataInputs;
  readonly noise: Noise;
  /** Baselines keep what they need to learn. */
  readonly training: boolean;
  /** Values that nodes take instead of drawing, `[S, B', …unitShape]`. */
  readonly forced?: ReadonlyMap<string, tf.Tensor>;
  /** Shown the trace before anything is made of it. */
  readonly look?: (trace: Trace) => void;
  /** Told of every node's term of the surrogate loss, `[S, B']` or null, while operations are recorded. */
  readonly watch?: (context: SurrogateContext, term: tf.Tensor | null) => void;
}

export interface SurrogateRows {
  /** `[B']`: its gradient is each row's estimate. */
  readonly surrogate: tf.Tensor;
  /** `[B']`: the minimised loss of each row with the gradients that flow through it; the surrogate less the nodes' own terms. */
  readonly direct: tf.Tensor;
  /** `[B']`: the minimised loss of each row, nats; constant. */
  readonly loss: tf.Tensor;
  /** log q of all drawn values, summed over samples and nodes, `[B']`; constant, computed when it is read. */
  readonly logProb: tf.Tensor;
  readonly trace: Trace;
}

/** Runs the model once and forms the surrogate loss of every row; call it while operations are recorded. */
export function surrogateRows(evaluation: Evaluation): SurrogateRows {
  return withDenseMemo(() => formSurrogate(evaluation));
}

function formSurrogate(evaluation: Evaluation): SurrogateRows {
  const { structure, objective, estimators, data, noise } = evaluation;
  if (!evaluation.forced && estimators.size > 0 && [...estimators.values()].every(({ summed }) => summed))
    return enumeratedRows(evaluation);
  const { numSamples: S, numRows } = noise.layout;
  const shape: [number, number] = [S, numRows];
  const additive = objective.additive || S === 1;
  const trace = runTrace(
    evaluation.functions,
    data,
    (site) => {
      const forced = evaluation.forced?.get(site.name) ?? null;
      return estimators.get(site.name)!.draw(site.distribution, nodeNoise(noise, site.name), forced);
    },
    undefined,
    (name, value) => estimators.get(name)!.view?.(value) ?? value,
  );

  evaluation.look?.(trace);
  const values = new Map<string, tf.Tensor>(); // constants
  const logProbs = new Map<string, tf.Tensor>(); // [S, B'], gradients to parameters only
  /** Made where it is asked for: estimators that differentiate through the value have no use for it. */
  const logProbOf = (name: string): tf.Tensor => {
    const known = logProbs.get(name);
    if (known) return known;
    const made = spread(trace.nodes.get(name)!.distribution.logProb(values.get(name)!), shape);
    logProbs.set(name, made);
    return made;
  };
  for (const node of trace.nodes.values()) {
    values.set(node.name, detach(node.value));
    const { entropyGradient } = estimators.get(node.name)!;
    if (entropyGradient === "none" || entropyGradient === "value") logProbOf(node.name);
  }

  const closed = closedForms(objective, structure);
  const terms = closedTerms(trace, shape, closed);
  if (objective.entropy) {
    const layered = [...trace.nodes.keys()].some(
      (name) =>
        !hasClosedEntropy(closed, name) &&
        estimators.get(name)!.entropyGradient === "path" &&
        structure.ancestors.get(name)!.size > 0,
    );
    const paths = layered ? pathLogProbs(evaluation.functions, data, trace) : null;
    for (const node of trace.nodes.values()) {
      if (hasClosedEntropy(closed, node.name)) continue;
      const path = paths?.get(node.name);
      const term =
        path && estimators.get(node.name)!.entropyGradient === "path"
          ? path
          : entropyTerm(node, estimators.get(node.name)!, logProbOf, additive);
      terms.set(entropyKey(node.name), spread(term, shape));
    }
  }
  const total = sum([...terms.values()], shape);
  const rows = objective.loss(total);
  const loss = detach(rows);
  const main: MainPass = { evaluation, additive, values, total: detach(total) };

  let trunk: MeanField | null = null;
  const meanField = (): MeanField => (trunk ??= meanFieldPass(evaluation, additive));
  const scores: tf.Tensor[] = [];
  for (const node of trace.nodes.values()) {
    const upstreamOf = [...terms].filter(([key]) => structure.upstream.get(key)?.has(node.name));
    const credit = additive
      ? upstreamOf.length === terms.size
        ? main.total
        : sum(
            upstreamOf.map(([, value]) => detach(value)),
            shape,
          )
      : upstreamOf.length === 0
        ? tf.zeros(shape)
        : tf.broadcastTo(tf.expandDims(loss, 0), shape);
    const context: SurrogateContext = {
      node: node.name,
      distribution: node.distribution,
      // Its entropy is none of the node's samples' business where a closed form stands for it.
      objective: hasClosedEntropy(closed, node.name) ? { ...objective, entropy: false } : objective,
      additive,
      value: values.get(node.name)!,
      get logProb() {
        return logProbOf(node.name);
      },
      credit,
      total: main.total,
      training: evaluation.training,
      noise: nodeNoise(noise, node.name),
      forced: evaluation.forced?.has(node.name) ?? false,
      hasDescendants: structure.nodes.some((other) => structure.ancestors.get(other)?.has(node.name)),
      meanField,
      evaluate: (request) => evaluateBranches(main, node.name, request),
      derivatives: (request) => curveDerivatives(main, node.name, request),
      prior: trace.terms.find((term) => term.key === `prior:${node.name}`)?.distribution ?? null,
      lossWith: (replaced) => lossWith(objective.loss, main.total, replaced),
      baselineInputs: () => baselineInputs(evaluation, node.name, values),
    };
    // What nothing depends on has no gradient, though it meets the loss that samples share.
    const given = upstreamOf.length === 0 ? null : estimators.get(node.name)!.surrogate(context);
    const term = given ? spread(given, shape) : null;
    if (term) scores.push(term);
    evaluation.watch?.(context, term);
  }
  const scored =
    scores.length === 0
      ? null
      : additive || S === 1
        ? meanOverSamples(sum(scores, shape))
        : tf.sum(sum(scores, shape), 0);
  return {
    surrogate: scored ? tf.add(rows, scored) : rows,
    direct: rows,
    loss,
    get logProb() {
      const drawn = [...trace.nodes.keys()].filter((name) => !estimators.get(name)!.fixed);
      return unrecorded(() => tf.sum(sum(drawn.map(logProbOf), shape), 0));
    },
    trace,
  };
}

function entropyTerm(
  node: TraceNode,
  estimator: NodeEstimator,
  logProbOf: (name: string) => tf.Tensor,
  additive: boolean,
): tf.Tensor {
  switch (estimator.entropyGradient) {
    case "none":
      return additive ? detach(logProbOf(node.name)) : logProbOf(node.name);
    case "value":
      return (additive ? node.distribution.detached() : node.distribution).logProb(node.value);
    case "full":
      return node.distribution.logProb(node.value);
    case "path":
      return node.distribution.detached().logProb(node.seen);
  }
}

function baselineInputs(
  { data, structure, noise }: Evaluation,
  node: string,
  values: ReadonlyMap<string, tf.Tensor>,
): tf.Tensor2D | null {
  const { numSamples: S, numRows } = noise.layout;
  const columns = Object.values(data).map((x) =>
    tf.reshape(tf.tile(tf.reshape(x, [1, numRows, -1]), [S, 1, 1]), [S * numRows, -1]),
  );
  for (const parent of structure.parents.get(node) ?? [])
    columns.push(
      tf.reshape(tf.broadcastTo(values.get(parent)!, [S, numRows, ...values.get(parent)!.shape.slice(2)]), [
        S * numRows,
        -1,
      ]),
    );
  if (columns.length === 0) return null;
  return (columns.length === 1 ? columns[0]! : tf.concat(columns, 1)) as tf.Tensor2D;
}
