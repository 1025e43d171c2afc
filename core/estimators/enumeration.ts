import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { stateValues } from "../diagnostics/enumerate";
import { GradlensError } from "../errors";
import { unrecorded } from "../gradients/tape";
import { type Estimator, exactDraw, type NodeEstimator, stateless, type SurrogateContext } from "./estimator";

/** Joint states of one node that are summed when other nodes are sampled. */
const MAX_NODE_STATES = 4096;
/** Rows of a sample × example × state evaluated at once; bounds memory. */
const MAX_ROWS = 8192;

/**
 * Every joint state weighted by its probability. Where every node asks for it, the whole model is summed, Σ_h ∇ [q(h) f(h)]: the exact
 * gradient, without noise, for at most 2^16 joint states. In a mixed graph the node's joint states are summed, the other nodes as drawn;
 * nodes downstream keep their values y, and state h counts q(y | h) / Σ_h' q(h') q(y | h') times.
 */
export const enumeration: Estimator = {
  id: "enumeration",
  title: "Enumeration",
  summary: "the exact gradient: all joint states weighted by their probability",
  reference: {
    authors: "Gu, Levine, Sutskever, Mnih",
    title: "MuProp: Unbiased backpropagation for stochastic neural networks",
    year: 2016,
    equation: "seed 1, first line of eq. 1",
  },
  distributions: ["bernoulli", "categorical"],
  unbiased: "always",
  unbiasedWhen: "for every cost; there is no sampling where every node is enumerated",
  evaluations: "one per joint state, at most 65 536",
  ownNoise: false,
  options: [],
  create: (): NodeEstimator => ({
    ...stateless,
    entropyGradient: "none",
    summed: true,
    draw: exactDraw,
    surrogate: expectedOverJointStates,
  }),
};

function expectedOverJointStates(context: SurrogateContext): tf.Tensor {
  const { node, distribution, credit } = context;
  const { unitShape, eventRank } = distribution;
  const [S, rows] = credit.shape as [number, number];
  const K = distribution.statesPerUnit!;
  const units = eventRank === 2 ? unitShape[0]! : unitShape.reduce((product, size) => product * size, 1);
  if (units * Math.log2(K) > Math.log2(MAX_NODE_STATES)) {
    throw new GradlensError(
      "GL1335",
      `enumeration at node "${node}" would sum about 2^${Math.round(units * Math.log2(K))} joint states, at most ${MAX_NODE_STATES} beside sampled nodes; use local-expectation there`,
      { usage: true },
    );
  }
  const N = K ** units;
  const only = new Map([[node, { id: distribution.id, unitShape, statesPerUnit: K, eventRank }]]);
  const states = tf.reshape(stateValues({ distributions: only }, 1, 0, N, 1).get(node)!, [N, 1, 1, ...unitShape]);
  const values = tf.tile(states, [1, S, rows, ...unitShape.map(() => 1)]); // [N, S, B', …unitShape]
  const logProb = tf.broadcastTo(distribution.logProb(values), [N, S, rows]);
  const costs = unrecorded(() =>
    tidy(() => {
      const credits: tf.Tensor[] = [];
      const likelihoods: tf.Tensor[] = [];
      const chunk = Math.max(1, Math.floor(MAX_ROWS / (S * rows)));
      for (let first = 0; first < N; first += chunk) {
        const copies = Math.min(chunk, N - first);
        const value = tf.reshape(tf.slice(values, first, copies), [copies * S, rows, ...unitShape]);
        const branch = context.evaluate({ copies, value, descendants: "keep" });
        credits.push(branch.credit);
        likelihoods.push(branch.logProb);
      }
      const likelihood = tf.concat(likelihoods, 0);
      const weight = tf.exp(tf.sub(likelihood, tf.logSumExp(tf.add(logProb, likelihood), 0, true)));
      return tf.mul(weight, tf.concat(credits, 0));
    }),
  );
  return tf.sum(tf.mul(tf.exp(logProb), costs), 0);
}
