import { tf } from "../backends/tf";
import { klDivergence } from "../distributions/klDivergence";
import { nodeNoise } from "../distributions/distribution";
import type { RowSums } from "../gradients/collectRows";
import type { Evaluation } from "../gradients/surrogate";
import { unrecorded } from "../gradients/tape";
import type { ModelInstance } from "../graph/instance";
import { type GuideModel, guidePosterior, lossUnder, refinePosterior } from "./refinePosterior";

/**
 * What training differentiates where the model asks for `inference` (seed 5, eq. 7), row by row: −log p(x | h) + KL(q̃ ‖ p(h)) with h drawn from
 * q̃, and KL(q̃ ‖ q(h | x)), with q̃ a constant. Every row climbs to a q̃ of its own, by the noise of its own replicate: what inference draws,
 * where it draws at all, is part of the gradient's noise.
 *
 * @returns a form for `collectRows`
 */
export function refinedRows(instance: ModelInstance): (evaluation: Evaluation) => RowSums {
  const { steps, rate } = instance.definition.options.inference!;
  return ({ functions, structure, estimators, data, noise }) => {
    const { numSamples, numRows } = noise.layout;
    const node = structure.nodes[0]!;
    const shape = [numSamples, numRows] as const;
    // By functions that report nothing: q̃ is a constant to the rows' gradients.
    const refined = unrecorded(() =>
      refinePosterior({
        functions: instance.functions as GuideModel,
        ...{ node, data, shape, estimator: estimators.get(node)!, noise: nodeNoise(noise, node), steps, rate },
      }),
    );
    const own = functions as GuideModel;
    const rows = lossUnder({ functions: own, node, data, shape }, refined, refined.sample(nodeNoise(noise, node)));
    const divergence = klDivergence(refined, guidePosterior(own, data))!;
    return { surrogate: tf.add(rows, tf.reshape(divergence, [numRows])) };
  };
}
