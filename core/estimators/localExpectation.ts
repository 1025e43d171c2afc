import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { MovingMoments } from "../baselines/movingMoments";
import type { Bernoulli } from "../distributions/bernoulli";
import type { Categorical } from "../distributions/categorical";
import { type Estimator, exactDraw, type NodeEstimator, stateless, type SurrogateContext } from "./estimator";
import { unrecorded } from "../gradients/tape";
import { evaluateFlips, flipsPerRow } from "./flips";

const policies = ["reweight", "redraw"] as const;

/**
 * Local expectation, or Bernoulli and categorical stochastic backpropagation: every unit is summed over all of its states, the others
 * as drawn, ∇L = Σ_j Σ_k ∇π_jk E[f(z_{−j}, k)] (seed 3, eq. 9, 16 and 17).
 *
 * Nodes downstream are drawn again for each state from the same noise (`redraw`), or keep their values y and state k counts
 * p(y | k) / Σ_k' π_k' p(y | k') times (`reweight`, Titsias and Lázaro-Gredilla, 2015), which leaves no noise beyond the drawn values.
 */
export const localExpectation: Estimator = {
  id: "local-expectation",
  title: "Local expectation",
  summary: "every unit summed over its states, the others as drawn (BSB and CSB)",
  reference: {
    authors: "Titsias, Lázaro-Gredilla",
    title: "Local expectation gradients for black box variational inference",
    year: 2015,
    equation: "seed 3, eq. 9, 16 and 17",
  },
  distributions: ["bernoulli", "categorical"],
  unbiased: "always",
  unbiasedWhen: "for every cost",
  evaluations: "1 + units × (states − 1) at every node",
  ownNoise: ({ options, hasDescendants }) => hasDescendants && options["descendants"] === "redraw",
  options: [
    {
      name: "descendants",
      summary: "what nodes downstream do for every state: keep their values and be reweighted, or be drawn again",
      default: "reweight",
      allowed: "reweight or redraw",
      accepts: (value) => (policies as readonly unknown[]).includes(value),
    },
  ],
  create: ({ descendants }) => new LocalExpectation(descendants === "redraw" ? "redraw" : "keep"),
};

class LocalExpectation implements NodeEstimator {
  readonly entropyGradient = "none";
  readonly draw = exactDraw;
  readonly copies = flipsPerRow;
  /** Weighed costs are centred by the mean cost of earlier steps: weights are 1 in expectation only. */
  private readonly average = new MovingMoments(0.8);
  private pending: Float32Array | null = null;

  constructor(private readonly descendants: "keep" | "redraw") {}

  surrogate(context: SurrogateContext): tf.Tensor {
    const weighs = this.descendants === "keep" && context.hasDescendants;
    if (weighs && context.training) this.pending = context.credit.dataSync<"float32">().slice();
    const offset = weighs ? this.average.mean : 0;
    const costs = unrecorded(() =>
      tidy(() => {
        const { credit, logProb } = evaluateFlips(context, this.descendants);
        if (!weighs) return credit;
        const logP = logProbabilities(context.distribution as Bernoulli | Categorical);
        const weight = tf.exp(tf.sub(logProb, tf.logSumExp(tf.add(logP, logProb), -1, true)));
        return tf.mul(weight, tf.sub(credit, offset));
      }),
    );
    return expectedOverStates(context, costs);
  }

  update(): void {
    if (this.pending?.every((value) => Number.isFinite(value))) this.average.add(this.pending);
    this.pending = null;
  }

  state(): ReturnType<NodeEstimator["state"]> {
    return { average: this.average.state() };
  }

  restore(state: Parameters<NodeEstimator["restore"]>[0]): void {
    if (state["average"]) this.average.restore(state["average"].values);
  }

  readonly dispose = stateless.dispose;
}

/** Σ_j Σ_k π_jk · cost_jk with gradients through π, `[S, B']`. @param costs `[S, B', units, K]`, constant */
export function expectedOverStates(
  { distribution }: Pick<SurrogateContext, "distribution">,
  costs: tf.Tensor,
): tf.Tensor {
  if (distribution.eventRank === 2) return tf.sum(tf.mul(distribution.mean(), costs), [-2, -1]);
  const [zero, one] = tf.unstack(costs, -1) as [tf.Tensor, tf.Tensor];
  return tf.sum(tf.mul(distribution.mean(), tf.sub(one, zero)), -1);
}

/** log π, `[…, units, K]`. */
function logProbabilities(distribution: Bernoulli | Categorical): tf.Tensor {
  const { logits } = distribution;
  if (distribution.id === "categorical") return tf.logSoftmax(logits);
  return tf.neg(tf.stack([tf.softplus(logits), tf.softplus(tf.neg(logits))], -1));
}
