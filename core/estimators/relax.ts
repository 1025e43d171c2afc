import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { ControlNetwork } from "../baselines/controlNetwork";
import { unrecorded } from "../gradients/tape";
import {
  type ControlVariate,
  type Estimator,
  exactDraw,
  type NodeEstimator,
  type Options,
  type SurrogateContext,
} from "./estimator";
import type { Relaxable } from "./relaxed";
import { asFactor, logitScore, relaxedPairs } from "./relaxedControl";
import { plainScore } from "./scoreTimes";

/**
 * RELAX: ĝ = [f(b) − c(z̃)] ∇ log p(b) + ∇c(z) − ∇c(z̃) with c(z) = f(relaxed z) + r(relaxed z, inputs), r a network with one hidden layer
 * that learns, while training, to lower the estimate's mean square with respect to the node's logits. Before the first step r = 0.
 */
export const relax: Estimator = {
  id: "relax",
  title: "RELAX",
  summary: "likelihood ratio with the relaxed model and a learned network as control variate",
  reference: {
    authors: "Grathwohl, Choi, Wu, Roeder, Duvenaud",
    title: "Backpropagation through the void: Optimizing control variates for black-box gradient estimation",
    year: 2018,
    equation: "eq. 7 to 10 and section 3.3",
  },
  distributions: ["bernoulli", "categorical"],
  unbiased: "always",
  unbiasedWhen: "for every cost with a derivative at relaxed values",
  evaluations: "1 sampled and 2 relaxed at every node",
  ownNoise: true,
  relaxes: "downstream",
  options: [
    {
      name: "temperature",
      summary: "temperature of the relaxation",
      default: 0.5,
      allowed: "a number above 0",
      accepts: (value) => typeof value === "number" && value > 0,
    },
  ],
  create: (options) => new Relax(options),
};

class Relax implements NodeEstimator {
  readonly entropyGradient = "none";
  readonly learnsControl = true;
  readonly draw = exactDraw;
  private readonly network = new ControlNetwork();
  private readonly temperature: number;

  constructor(options: Options) {
    this.temperature = options["temperature"] as number;
  }

  surrogate(context: SurrogateContext): tf.Tensor {
    const { distribution } = context;
    const estimate = unrecorded(() => tidy(() => this.estimate(context)));
    const axes = distribution.eventRank === 2 ? [-2, -1] : [-1];
    return tf.sum(tf.mul((distribution as Relaxable).logits, estimate), axes);
  }

  controlVariate(context: SurrogateContext): ControlVariate {
    const score = tf.mul(logitScore(context), asFactor(context.credit, context.distribution.eventRank));
    return { plain: plainScore(context), control: tf.sub(score, this.estimate(context)) };
  }

  /** The estimate's derivative with respect to the logits, `[S, B', …unitShape]`. */
  private estimate(context: SurrogateContext): tf.Tensor {
    const { credit, distribution } = context;
    const { eventRank } = distribution;
    const [pair] = relaxedPairs(context, [this.temperature]);
    const { free, given, credit: relaxedCredit, freeSlope, givenSlope } = pair!;
    const score = logitScore(context);
    const path = tf.sub(free.pull(freeSlope), given.pull(givenSlope));
    const plain = tf.add(tf.mul(score, asFactor(tf.sub(credit, relaxedCredit), eventRank)), path);
    const flat = (soft: tf.Tensor): tf.Tensor2D => tf.reshape(soft, [credit.size, -1]);
    const correction = this.network.correction({
      free: flat(free.soft),
      given: flat(given.soft),
      inputs: context.baselineInputs(),
      combine: (freeNetworkSlope, givenNetworkSlope, givenValue) =>
        tf.sub(
          tf.sub(
            free.pull(tf.reshape(freeNetworkSlope, free.soft.shape)),
            given.pull(tf.reshape(givenNetworkSlope, given.soft.shape)),
          ),
          tf.mul(score, asFactor(tf.reshape(givenValue, credit.shape), eventRank)),
        ),
      plain,
      signal: context.training ? credit : null,
    });
    return tf.add(plain, correction);
  }

  update(): void {
    this.network.update();
  }

  state(): ReturnType<NodeEstimator["state"]> {
    return this.network.state();
  }

  restore(state: Parameters<NodeEstimator["restore"]>[0]): void {
    this.network.restore(state);
  }

  dispose(): void {
    this.network.dispose();
  }
}
