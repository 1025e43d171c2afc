import { tf } from "../backends/tf";
import { detach } from "../backends/detach";
import { repeatRows } from "../backends/repeatedRows";
import { nodeNoise } from "../distributions/distribution";
import type { BranchRequest, Branches } from "../estimators/estimator";
import { runTrace, type Trace } from "../graph/trace";
import { closedForms } from "./closedForms";
import { sum, termsOf } from "./terms";
import type { Evaluation } from "./surrogate";
import { gradients, record, unrecorded } from "./tape";

/** What the main evaluation knows and a branch builds on. */
export interface MainPass {
  readonly evaluation: Evaluation;
  readonly additive: boolean;
  /** Drawn values as constants, `[S, B', …unitShape]`. */
  readonly values: ReadonlyMap<string, tf.Tensor>;
  /** Sum of all terms of every sample, `[S, B']`, constant. */
  readonly total: tf.Tensor;
}

/**
 * Runs the model C times more with one node's value replaced, all copies at once along the axis of samples: nodes that do not depend
 * on the node keep their drawn values, those that do take what the request says. One forward pass of C·S samples; with `slope` one
 * backward pass towards the node's value, through everything downstream of it.
 */
export function evaluateBranches(main: MainPass, node: string, request: BranchRequest): Branches {
  return tf.tidy(() => {
    if (!request.slope) {
      const { credit, logProb } = unrecorded(() => runBranches(main, node, request, [], repeatRows));
      return { credit, logProb, slope: null } as unknown as tf.TensorContainer;
    }
    // Recorded apart from the surrogate: results are constants for it.
    const pass = record(() => runBranches(main, node, request));
    const { credit, logProb } = pass.value;
    const slope = gradients(pass.tape, credit, [request.value])[0] ?? tf.zerosLike(request.value);
    pass.release();
    return { credit: detach(credit), logProb: detach(logProb), slope } as unknown as tf.TensorContainer;
  }) as unknown as Branches;
}

/**
 * The live forward pass of branches.
 * @param omit keys of terms that are left out of the credit
 * @param repeat copies along the first axis of what stays as it is
 */
export function runBranches(
  { evaluation, additive, values, total }: MainPass,
  node: string,
  request: BranchRequest,
  omit: readonly string[] = [],
  repeat: (x: tf.Tensor, copies: number) => tf.Tensor = tileRows,
): { credit: tf.Tensor; logProb: tf.Tensor; kept: boolean } {
  const { functions, structure, objective, data, noise, estimators } = evaluation;
  const { numSamples: S, numRows } = noise.layout;
  const { copies: C, value, descendants } = request;
  const kept = new Set<string>();
  const trace = runTrace(functions, data, (site) => {
    if (site.name === node) return value;
    const own = values.get(site.name);
    const repeated = (tensor: tf.Tensor): tf.Tensor => repeat(tensor, C);
    if (own && !structure.ancestors.get(site.name)?.has(node)) return repeated(own);
    const estimator = estimators.get(site.name)!;
    const sameNoise = nodeNoise(noise, site.name);
    const draws = {
      uniform: (shape: readonly number[], stream?: number) => repeated(sameNoise.uniform(shape, stream)),
    };
    const exact = estimator.entropyGradient === "none" || estimator.entropyGradient === "value";
    if (typeof descendants === "function") return descendants(site.distribution, draws, estimator);
    if (descendants === "mean")
      return tf.broadcastTo(site.distribution.mean(), [C * S, numRows, ...site.distribution.unitShape]);
    if (descendants === "keep" && exact && own) {
      kept.add(site.name);
      return repeated(own);
    }
    return estimator.draw(site.distribution, draws, null);
  });
  const shape: [number, number] = [C * S, numRows];
  const terms = termsOf(trace, objective, shape, closedForms(objective, structure));
  for (const key of omit) terms.delete(key);
  const logProb = sum(
    [...kept].map((name) => logProbOf(trace, name, shape)),
    shape,
  );
  return { credit: creditOf(terms, C, S), logProb: tf.reshape(logProb, [C, S, numRows]), kept: kept.size > 0 };

  function creditOf(all: ReadonlyMap<string, tf.Tensor>, copies: number, samples: number): tf.Tensor {
    if (additive) {
      const downstream = [...all].filter(([key]) => structure.upstream.get(key)?.has(node)).map(([, term]) => term);
      return tf.reshape(sum(downstream, shape), [copies, samples, numRows]);
    }
    return lossWith(objective.loss, total, tf.reshape(sum([...all.values()], shape), [copies, samples, numRows]));
  }
}

function tileRows(x: tf.Tensor, copies: number): tf.Tensor {
  return copies === 1 ? x : tf.tile(x, [copies, ...x.shape.slice(1).map(() => 1)]);
}

function logProbOf(trace: Trace, name: string, shape: [number, number]): tf.Tensor {
  const { distribution, value } = trace.nodes.get(name)!;
  return tf.broadcastTo(distribution.logProb(value), shape);
}

/**
 * The loss of every row with one sample's total replaced at a time.
 *
 * @param total `[S, B']`, the totals of the other samples
 * @param replaced `[C, S, B']`, what sample s's total becomes in copy c
 * @returns `[C, S, B']`
 */
export function lossWith(loss: (total: tf.Tensor) => tf.Tensor, total: tf.Tensor, replaced: tf.Tensor): tf.Tensor {
  const [C, S, rows] = replaced.shape as [number, number, number];
  const diagonal = tf.reshape(tf.eye(S), [S, 1, S, 1]); // [S (summed by the loss), C, S (replaced), B']
  const others = tf.mul(tf.reshape(total, [S, 1, 1, rows]), tf.sub(1, diagonal));
  const totals = tf.add(others, tf.mul(tf.expandDims(replaced, 0), diagonal));
  return tf.reshape(loss(tf.reshape(totals, [S, C * S * rows])), [C, S, rows]);
}
