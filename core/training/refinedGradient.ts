import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { nodeNoise } from "../distributions/distribution";
import { klDivergence } from "../distributions/klDivergence";
import { GradlensError } from "../errors";
import type { NodeEstimator } from "../estimators/estimator";
import type { GradientEstimate } from "../gradients/gradient";
import { gradients, record } from "../gradients/tape";
import type { ModelInstance } from "../graph/instance";
import type { Trace } from "../graph/trace";
import type { DataInputs, InferenceOptions } from "../model/defineModel";
import type { Noise } from "../random/noise";
import { type GuideModel, guidePosterior, lossUnder, refinePosterior, type RefinementRequest } from "./refinePosterior";

export interface RefinedEvaluation {
  readonly node: string;
  readonly estimator: NodeEstimator;
  readonly data: DataInputs;
  readonly noise: Noise;
  readonly inference: InferenceOptions;
  /** Shown the guide's node and every trace, before anything is made of them. */
  readonly look?: (trace: Trace) => void;
}

/**
 * One step of learning with refined posteriors (seed 5, section 4): the E-step moves every example's q to q̃; the M-step's gradient is
 * that of −L(q̃) in the model's parameters, h drawn from q̃, and of KL(q̃ ‖ q(h | x)) in the guide's (eq. 7).
 */
export function refinedGradient(instance: ModelInstance, evaluation: RefinedEvaluation): GradientEstimate {
  const { parameters } = instance;
  const { tensors, loss } = tidy(() => {
    const request = refinementOf(instance, evaluation);
    const { functions, node, data, noise, shape } = request;
    const refined = refinePosterior(request);
    const recorded = record(() => {
      const rows = lossUnder(request, refined, refined.sample(noise));
      const divergence = klDivergence(refined, guidePosterior(functions, data))!;
      return { y: tf.add(tf.mean(rows), tf.mean(divergence)), rows };
    });
    const found = gradients(
      recorded.tape,
      recorded.value.y,
      parameters.map(({ variable }) => variable),
    );
    recorded.release();
    const mean = tf.mean(recorded.value.rows).dataSync()[0]!;
    if (!Number.isFinite(mean)) {
      const start = guidePosterior(functions, data);
      const before = tf
        .mean(lossUnder(request, start, tf.broadcastTo(start.sample(noise), [...shape, ...start.unitShape])))
        .dataSync()[0]!;
      const { steps, rate } = evaluation.inference;
      if (Number.isFinite(before))
        throw new GradlensError(
          "GL1333",
          `the refined posterior of node "${node}" diverged within ${steps} inference steps at rate ${rate}: the loss is ${mean}; lower inference.rate`,
        );
    }
    return { tensors: found.map((gradient, i) => gradient ?? tf.zeros([...parameters[i]!.shape])), loss: mean };
  });
  return { gradients: new Map(parameters.map(({ name }, i) => [name, tensors[i]!])), loss };
}

/** A mean over examples with its standard error. */
export interface MeanOverExamples {
  readonly value: number;
  readonly standardError: number;
}

/** The loss after some inference steps, and how much lower it is than before the first, example by example. */
export interface RefinementPoint extends MeanOverExamples {
  readonly gain: MeanOverExamples;
}

/** The loss after k = 0, 1, …, steps inference steps, h drawn from q of that step by the same noise. */
export function refinementCurve(instance: ModelInstance, evaluation: RefinedEvaluation): readonly RefinementPoint[] {
  const curve: RefinementPoint[] = [];
  tidy(() => {
    const request = refinementOf(instance, evaluation);
    let first: Float32Array | undefined;
    refinePosterior({
      ...request,
      onStep: (_, posterior) => {
        const rows = tf.tidy(() =>
          lossUnder(request, posterior, posterior.sample(request.noise)).dataSync<"float32">().slice(),
        );
        const start = (first ??= rows);
        curve.push({ ...meanOf(rows), gain: meanOf(rows.map((value, i) => start[i]! - value)) });
      },
    });
  });
  return curve;
}

function meanOf(rows: Float32Array): MeanOverExamples {
  const mean = rows.reduce((total, value) => total + value, 0) / rows.length;
  const variance = rows.reduce((total, value) => total + (value - mean) ** 2, 0) / Math.max(1, rows.length - 1);
  return { value: mean, standardError: Math.sqrt(variance / rows.length) };
}

export function refinementOf(
  instance: ModelInstance,
  { node, estimator, data, noise, inference, look }: RefinedEvaluation,
): RefinementRequest {
  const { numSamples, numRows } = noise.layout;
  return {
    functions: instance.functions as GuideModel,
    node,
    data,
    shape: [numSamples, numRows],
    estimator,
    noise: nodeNoise(noise, node),
    steps: inference.steps,
    rate: inference.rate,
    ...(look ? { look } : {}),
  };
}
