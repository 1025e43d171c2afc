import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { unrecorded } from "../gradients/tape";
import {
  type ControlVariate,
  type Estimator,
  exactDraw,
  type MovedSetting,
  type NodeEstimator,
  type Options,
  type SurrogateContext,
} from "./estimator";
import type { Relaxable } from "./relaxed";
import { asFactor, logitScore, relaxedPairs, type RelaxedPair } from "./relaxedControl";
import { plainScore } from "./scoreTimes";
import { ScalarAdam } from "./scalarAdam";

/** Step in log T of the difference quotient that stands for the variance's derivative. */
const LOG_STEP = 0.02;
const LEARNING_RATE = 1e-2;

/**
 * REBAR: ĝ = [f(b) − η c(z̃)] ∇ log p(b) + η ∇c(z) − η ∇c(z̃), c(z) = f(relaxed z), z̃ given b from noise independent of z's. Unbiased
 * at every η and temperature, through several layers too: each node's control variate relaxes all nodes downstream.
 * While training, η and log T go down the gradient of the estimate's mean square with respect to the node's logits.
 */
export const rebar: Estimator = {
  id: "rebar",
  title: "REBAR",
  summary:
    "likelihood ratio with the relaxed model as control variate; temperature and η learned to lower the variance",
  reference: {
    authors: "Tucker, Mnih, Maddison, Lawson, Sohl-Dickstein",
    title: "REBAR: Low-variance, unbiased gradient estimates for discrete latent variable models",
    year: 2017,
    equation: "eq. 6 and section 3.3",
  },
  distributions: ["bernoulli", "categorical"],
  unbiased: "always",
  unbiasedWhen: "for every cost with a derivative at relaxed values",
  evaluations: "1 sampled and 2 relaxed at every node; 2 more while the temperature is learned",
  ownNoise: true,
  relaxes: "downstream",
  options: [
    {
      name: "temperature",
      summary: "temperature of the relaxation, before it is learned",
      default: 0.5,
      allowed: "a number above 0",
      accepts: (value) => typeof value === "number" && value > 0,
    },
    {
      name: "eta",
      summary: "weight of the control variate, before it is learned",
      default: 1,
      allowed: "a number",
      accepts: (value) => typeof value === "number",
    },
    {
      name: "learn",
      summary: "whether temperature and eta are learned while training",
      default: "yes",
      allowed: "yes or no",
      accepts: (value) => value === "yes" || value === "no",
    },
  ],
  create: (options) => new Rebar(options),
};

class Rebar implements NodeEstimator {
  readonly entropyGradient = "none";
  readonly draw = exactDraw;
  /** η and log T. */
  private readonly scalars: ScalarAdam;
  readonly learnsControl: boolean;
  private gradient: [number, number] | null = null;

  constructor(options: Options) {
    this.scalars = new ScalarAdam(
      [options["eta"] as number, Math.log(options["temperature"] as number)],
      LEARNING_RATE,
    );
    this.learnsControl = options["learn"] !== "no";
  }

  surrogate(context: SurrogateContext): tf.Tensor {
    const estimate = unrecorded(() =>
      tidy(() => {
        const [eta, logTemperature] = this.scalars.values as [number, number];
        const learning = context.training && this.learnsControl;
        const temperatures = (learning ? [0, LOG_STEP] : [0]).map((step) => Math.exp(logTemperature + step));
        const [here, beside] = relaxedPairs(context, temperatures);
        const { perUnit, derivative } = combine(context, here!, eta);
        if (learning && beside) {
          const there = combine(context, beside, eta).perUnit;
          const square = tf.sum(tf.square(perUnit));
          const slopes = tf.stack([
            tf.sum(tf.mul(perUnit, derivative)).mul(2),
            tf.sub(tf.sum(tf.square(there)), square).div(LOG_STEP),
          ]);
          this.gradient = [...slopes.dataSync()] as [number, number];
        }
        return perUnit;
      }),
    );
    const axes = context.distribution.eventRank === 2 ? [-2, -1] : [-1];
    return tf.sum(tf.mul((context.distribution as Relaxable).logits, estimate), axes);
  }

  controlVariate(context: SurrogateContext): ControlVariate {
    const [eta, logTemperature] = this.scalars.values as [number, number];
    const [pair] = relaxedPairs(context, [Math.exp(logTemperature)]);
    return { plain: plainScore(context), control: tf.mul(combine(context, pair!, eta).derivative, -eta) };
  }

  update(): void {
    if (this.gradient) this.scalars.apply(this.gradient);
    this.gradient = null;
  }

  settings(): readonly MovedSetting[] {
    if (!this.learnsControl) return [];
    const [eta, logTemperature] = this.scalars.values as [number, number];
    return [
      { name: "temperature", value: Math.exp(logTemperature) },
      { name: "eta", value: eta },
    ];
  }

  state(): ReturnType<NodeEstimator["state"]> {
    return { learned: this.scalars.state() };
  }

  restore(state: Parameters<NodeEstimator["restore"]>[0]): void {
    if (state["learned"]) this.scalars.restore(state["learned"]);
  }

  dispose(): void {
    this.gradient = null;
  }
}

/** The estimate's derivative with respect to the logits, `[S, B', …unitShape]`, and that one's with respect to η. */
function combine(
  context: SurrogateContext,
  pair: RelaxedPair,
  eta: number,
): { perUnit: tf.Tensor; derivative: tf.Tensor } {
  const { free, given, credit, freeSlope, givenSlope } = pair;
  const score = logitScore(context);
  const { eventRank } = context.distribution;
  const path = tf.sub(free.pull(freeSlope), given.pull(givenSlope));
  const derivative = tf.sub(path, tf.mul(score, asFactor(credit, eventRank)));
  return { perUnit: tf.add(tf.mul(score, asFactor(context.credit, eventRank)), tf.mul(derivative, eta)), derivative };
}
