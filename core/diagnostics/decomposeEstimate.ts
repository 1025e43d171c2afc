import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import type { Distribution } from "../distributions/distribution";
import { GradlensError } from "../errors";
import type { SurrogateContext } from "../estimators/estimator";
import { estimateGradient } from "../gradients/gradient";
import { type Evaluation, surrogateRows } from "../gradients/surrogate";
import { gradients, record, type TapeNode } from "../gradients/tape";
import type { ModelInstance } from "../graph/instance";

/** Values off the back end, row-major. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Gradients by parameter name. */
export type HostGradients = ReadonlyMap<string, HostTensor>;

/** A posterior on its way from where the guide puts it. */
export interface InferenceStep {
  /** Batch-mean loss there, nats. */
  readonly loss: number;
  /** Of the posterior, for example `logits`, `[1, B, units]`. */
  readonly parameters: Readonly<Record<string, HostTensor>>;
}

/** What one stochastic node did in one estimate. */
export interface NodeTerms {
  readonly node: string;
  readonly distribution: string;
  /** For example `logits`, `[S or 1, B or 1, units]`. */
  readonly parameters: Readonly<Record<string, HostTensor>>;
  /** Value drawn, `[S, B, units]`. */
  readonly sample: HostTensor;
  /** x̄ of the mean-field pass; null where the model's text cannot take means as values. */
  readonly meanField: HostTensor | null;
  /** log q(sample), nats, `[S, B]`. */
  readonly logProb: HostTensor;
  /** After 0, 1, … inference steps; null where the posterior is the guide's. */
  readonly inference: readonly InferenceStep[] | null;
  /** Cost credited to the node, nats, `[S, B]`; null where none is. */
  readonly credit: HostTensor | null;
  /** What multiplies the score, `[S, B]`; null where the estimator has no score term. */
  readonly signal: HostTensor | null;
  /** credit − signal, `[S, B]`: what baselines and residuals took away. */
  readonly controlVariate: HostTensor | null;
  /** Signal times score. */
  readonly score: HostGradients;
  /** The rest of the estimator's own term: MuProp's correction, differences of evaluations, series. */
  readonly correction: HostGradients;
  /** Through the node's value, from everything downstream. */
  readonly path: HostGradients;
}

/** One estimate taken apart; `direct` and the nodes' contributions add up to `gradient`. */
export interface Decomposition {
  /** Batch-mean loss, nats. */
  readonly loss: number;
  readonly gradient: HostGradients;
  /** With all values held: the derivatives of the model's own terms, or the whole exact gradient where states are summed. */
  readonly direct: HostGradients;
  /** In the order in which they were drawn; none where all states are summed. */
  readonly nodes: readonly NodeTerms[];
}

/**
 * Takes one gradient estimate apart by the chain rule on the recorded operations. Let v_h be the values drawn and L the surrogate loss:
 *
 *   dL/dθ = ∂L/∂θ |v + Σ_h (dL/dv_h) (∂v_h/∂θ |v of the others)
 *
 * The first summand splits into the model's own terms and each node's term T_h, and that one into ∂T_h/∂log q_h · ∂log q_h/∂θ and
 * the rest. The split is exact for every estimator; float32 rounding apart, the parts add up to the gradient. Nothing is learned.
 */
export function decomposeEstimate(
  instance: ModelInstance,
  evaluation: Omit<Evaluation, "functions" | "training" | "watch">,
): Decomposition {
  const { estimators, noise } = evaluation;
  if (estimators.size > 0 && [...estimators.values()].every(({ summed }) => summed))
    return exactly(instance, evaluation);
  const { numSamples: S, numRows: B } = noise.layout;
  return tidy(() => {
    const seen: { context: SurrogateContext; term: tf.Tensor | null; meanField: tf.Tensor | null }[] = [];
    const recorded = record(() =>
      surrogateRows({
        ...evaluation,
        training: false,
        functions: instance.functions,
        watch: (context, term) => seen.push({ context, term, meanField: meanFieldOf(context) }),
      }),
    );
    const { surrogate, direct, loss, trace } = recorded.value;
    const variables = instance.parameters.map(({ variable }) => variable);
    const byParameter = (tape: readonly TapeNode[], y: tf.Tensor, dy: tf.Tensor): HostGradients =>
      new Map(
        gradients(tape, y, variables, dy).map((gradient, i) => {
          const { name, shape } = instance.parameters[i]!;
          return [name, gradient ? host(gradient, shape) : { shape, values: new Float32Array(variables[i]!.size) }];
        }),
      );
    const none: HostGradients = new Map(
      instance.parameters.map(({ name, shape }, i) => [name, { shape, values: new Float32Array(variables[i]!.size) }]),
    );
    const values = [...trace.nodes.values()].map(({ value }) => value);
    const held = cut(recorded.tape, values);
    const rowWeight = tf.fill([B], 1 / B);
    const towards = gradients(recorded.tape, surrogate, values, rowWeight);
    const nodes = seen.map(({ context, term, meanField }): NodeTerms => {
      const { node, distribution, additive, logProb, credit } = context;
      const { value } = trace.nodes.get(node)!;
      const weight = additive ? 1 / (S * B) : 1 / B;
      const weights = tf.fill([S, B], weight);
      const score = term ? (gradients(held, term, [logProb], weights)[0] ?? null) : null;
      const signal = score ? tf.div(score, weight) : null;
      const path = towards[values.indexOf(value)];
      const others = values.filter((other) => other !== value);
      return {
        node,
        distribution: distribution.id,
        parameters: hostParameters(distribution),
        sample: host(context.value),
        meanField: meanField && host(meanField),
        logProb: host(logProb),
        inference: null,
        credit: host(credit),
        signal: signal && host(signal),
        controlVariate: signal && host(tf.sub(credit, signal)),
        score: score ? byParameter(held, logProb, score) : none,
        correction: term ? byParameter(cut(held, [logProb]), term, weights) : none,
        path: path ? byParameter(cut(recorded.tape, others), value, path) : none,
      };
    });
    const result = {
      loss: tf.mean(loss).dataSync()[0]!,
      gradient: byParameter(recorded.tape, surrogate, rowWeight),
      direct: byParameter(held, direct, rowWeight),
      nodes,
    };
    recorded.release();
    return result;
  });
}

function exactly(instance: ModelInstance, evaluation: Omit<Evaluation, "functions" | "training">): Decomposition {
  const { gradients: exact, loss } = estimateGradient(instance, { ...evaluation, training: false });
  const gradient: HostGradients = new Map([...exact].map(([name, tensor]) => [name, host(tensor)]));
  tf.dispose([...exact.values()]);
  return { loss, gradient, direct: gradient, nodes: [] };
}

/** The operations without those that made the given tensors, which are then constants. */
function cut(tape: readonly TapeNode[], tensors: readonly tf.Tensor[]): readonly TapeNode[] {
  const ids = new Set(tensors.map(({ id }) => id));
  return tape.filter(({ outputs }) => !outputs.some(({ id }) => ids.has(id)));
}

function meanFieldOf(context: SurrogateContext): tf.Tensor | null {
  try {
    return context.meanField().mean(context.node);
  } catch (error) {
    if (!(error instanceof GradlensError)) throw error;
    return null;
  }
}

export function hostParameters({ parameters }: Pick<Distribution, "parameters">): NodeTerms["parameters"] {
  return Object.fromEntries(Object.entries(parameters).map(([name, tensor]) => [name, host(tensor)]));
}

export function host(tensor: tf.Tensor, shape: readonly number[] = tensor.shape): HostTensor {
  return { shape, values: Float32Array.from(tensor.dataSync()) };
}
