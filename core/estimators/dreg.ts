import { customOp } from "../backends/customOp";
import { tf } from "../backends/tf";
import type { Continuous } from "../distributions/continuous";
import { type Estimator, exactDraw, type NodeEstimator, stateless, type SurrogateContext } from "./estimator";
import { withPath } from "./stickingTheLanding";

/**
 * Doubly reparameterised gradient: the score under the importance-weighted bound is reparameterised once more, which leaves
 * ĝ = Σ_i w̃_i² ∂log w_i/∂z_i · dz_i/dφ for the guide; the model's parameters keep the weights w̃_i. With one sample, and under the
 * ELBO, it is sticking the landing.
 */
export const dreg: Estimator = {
  id: "dreg",
  title: "Doubly reparameterised",
  summary: "path derivatives with squared importance weights: unbiased for every number of samples",
  reference: {
    authors: "Tucker, Lawson, Gu, Maddison",
    title: "Doubly reparameterized gradient estimators for Monte Carlo objectives",
    year: 2019,
    equation: "eq. 8; seed 4, algorithm 4 is biased",
  },
  distributions: withPath,
  objectives: ["elbo", "iwae"],
  unbiased: "conditional",
  unbiasedWhen: "when it stands at every node of the guide",
  evaluations: "1",
  ownNoise: false,
  options: [],
  create: () => new DoublyReparameterized(),
};

class DoublyReparameterized implements NodeEstimator {
  readonly entropyGradient = "path";
  readonly update = stateless.update;
  readonly state = stateless.state;
  readonly restore = stateless.restore;
  readonly dispose = stateless.dispose;
  /** w̃, `[S, B']`, of the evaluation under way; known before its backward pass. */
  private weights: tf.Tensor | null = null;

  draw(...[distribution, noise, forced]: Parameters<NodeEstimator["draw"]>): tf.Tensor {
    this.weights = null;
    return (distribution as Continuous).path(exactDraw(distribution, noise, forced));
  }

  view(value: tf.Tensor): tf.Tensor {
    return customOp(
      "WeightedPath",
      { value },
      () => value.clone(),
      (dy) => ({
        value: () =>
          this.weights
            ? tf.mul(dy, tf.reshape(this.weights, [...this.weights.shape, ...value.shape.slice(2).map(() => 1)]))
            : dy.clone(),
      }),
    );
  }

  surrogate({ additive, total }: SurrogateContext): null {
    this.weights = additive ? null : tf.softmax(tf.neg(total).transpose()).transpose();
    return null;
  }
}
