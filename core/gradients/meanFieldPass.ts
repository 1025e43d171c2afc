import { customOp } from "../backends/customOp";
import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import type { MeanField } from "../estimators/estimator";
import { runTrace } from "../graph/trace";
import { sumTo } from "../numerics/bernoulliLogProb";
import type { Evaluation } from "./surrogate";
import { gradients, record } from "./tape";
import { closedForms } from "./closedForms";
import { sum, termsOf } from "./terms";

/**
 * The deterministic trunk: every node's mean replaces its value (seed 1, section 3.1 and algorithm 1). One forward pass, and one
 * backward pass that reads the derivative of the whole downstream loss at each x̄_i, through the trunk's later nodes as well.
 *
 * @param additive false when S samples share one loss: each x̄ then has the share 1/S of the slope
 */
export function meanFieldPass(evaluation: Evaluation, additive: boolean): MeanField {
  const { functions, structure, objective, data, noise } = evaluation;
  const { numSamples: S, numRows } = noise.layout;
  const slopes = new Map<string, tf.Tensor>();
  const root = tf.scalar(0);
  const pass = record(() => {
    const trace = runTrace(functions, data, ({ name, distribution }) => {
      const mean = distribution.mean();
      const shape = [1, numRows, ...distribution.unitShape];
      return customOp(
        "TrunkValue",
        { mean, root },
        () => tf.broadcastTo(mean, shape),
        (dy) => {
          slopes.set(name, dy.clone());
          return { mean: () => sumTo(dy, mean.shape), root: () => tf.scalar(0) };
        },
      );
    });
    const shape: [number, number] = [1, numRows];
    const terms = termsOf(trace, objective, shape, closedForms(objective, structure));
    return { trace, terms, total: sum([...terms.values()], shape) };
  });
  gradients(pass.tape, pass.value.total, [root]);
  pass.release();
  const { trace, terms } = pass.value;
  const shape: [number, number] = [1, numRows];
  return {
    credit: (node) =>
      sum(
        [...terms].flatMap(([key, value]) =>
          !additive || structure.upstream.get(key)?.has(node) ? [detach(value)] : [],
        ),
        shape,
      ),
    mean: (node) => detach(trace.nodes.get(node)!.value),
    slope(node) {
      const slope = slopes.get(node) ?? tf.zerosLike(trace.nodes.get(node)!.value);
      return additive || S === 1 ? slope : tf.div(slope, S);
    },
  };
}
