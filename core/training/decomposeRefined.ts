import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import {
  type Decomposition,
  host,
  type HostGradients,
  hostParameters,
  type InferenceStep,
} from "../diagnostics/decomposeEstimate";
import { klDivergence } from "../distributions/klDivergence";
import { gradients, record } from "../gradients/tape";
import type { ModelInstance } from "../graph/instance";
import { guidePosterior, lossUnder, refinePosterior } from "./refinePosterior";
import { type RefinedEvaluation, refinementOf } from "./refinedGradient";

/**
 * Takes one step of learning with refined posteriors apart: the way of every example's posterior from q to q̃, and the gradient's two
 * parts, that of −L(q̃) in the model's parameters with h held (`direct`) and that of KL(q̃ ‖ q(h | x)) in the guide's (`correction`;
 * seed 5, eq. 7). Neither has a score or runs through the value drawn.
 */
export function decomposeRefined(instance: ModelInstance, evaluation: RefinedEvaluation): Decomposition {
  const { parameters } = instance;
  const variables = parameters.map(({ variable }) => variable);
  return tidy(() => {
    const request = refinementOf(instance, evaluation);
    const { functions, node, data, noise, shape } = request;
    const inference: InferenceStep[] = [];
    const refined = refinePosterior({
      ...request,
      onStep: (_, posterior) => {
        const loss = tf.tidy(() => tf.mean(lossUnder(request, posterior, posterior.sample(noise))).dataSync()[0]!);
        inference.push({ loss, parameters: hostParameters(posterior) });
      },
    });
    const value = refined.sample(noise);
    const recorded = record(() => ({
      loss: tf.mean(lossUnder(request, refined, value)),
      divergence: tf.mean(klDivergence(refined, guidePosterior(functions, data))!),
    }));
    const byParameter = (tensors: readonly (tf.Tensor | null)[]): HostGradients =>
      new Map(
        parameters.map(({ name, shape: own }, i) => [
          name,
          tensors[i] ? host(tensors[i]!, own) : { shape: own, values: new Float32Array(variables[i]!.size) },
        ]),
      );
    const direct = byParameter(gradients(recorded.tape, recorded.value.loss, variables));
    const correction = byParameter(gradients(recorded.tape, recorded.value.divergence, variables));
    const none = byParameter([]);
    recorded.release();
    return {
      loss: recorded.value.loss.dataSync()[0]!,
      gradient: new Map(
        [...direct].map(([name, { shape: own, values }]) => [
          name,
          { shape: own, values: values.map((x, i) => x + correction.get(name)!.values[i]!) },
        ]),
      ),
      direct,
      nodes: [
        {
          ...{ node, distribution: refined.id, parameters: hostParameters(refined), inference },
          sample: host(tf.broadcastTo(value, [...shape, ...refined.unitShape])),
          meanField: null,
          logProb: host(tf.broadcastTo(refined.logProb(value), [...shape])),
          ...{ credit: null, signal: null, controlVariate: null },
          ...{ score: none, correction, path: none },
        },
      ],
    };
  });
}
