import { tf } from "../../backends/tf";
import { Noise } from "../../random/noise";
import { refinementCurve } from "../../training/refinedGradient";
import { refinedNode } from "../../training/refinement";
import { testExamples } from "../testExamples";
import type { WatchedMeasurement } from "./watchedView";

const EXAMPLES = 50;

/** The bound along the inference steps, on test examples that stay the same, with noise that changes from step to step. */
export const refinement: WatchedMeasurement = {
  id: "refinement",
  applies: ({ definition, dataset }) => definition.options.inference !== undefined && dataset !== null,
  create:
    () =>
    ({ prepared, estimators, specs, step }) => {
      const { definition, instance, objective, structure, seed, numSamples } = prepared;
      const { inference } = definition.options;
      const found = inference ? testExamples(prepared, EXAMPLES) : null;
      if (!inference || !found) return { refinement: null };
      const { data, numRows } = found;
      try {
        const node = refinedNode(inference, structure, objective, specs);
        const noise = new Noise({ seed, step, numSamples, numRows, replicates: 1, firstReplicate: 0 });
        const curve = refinementCurve(instance, { node, estimator: estimators.get(node)!, data, noise, inference });
        return {
          refinement: {
            ...{ step, node, rate: inference.rate, examples: numRows, samples: numSamples },
            curve: curve.map(({ value, standardError, gain }) => ({
              bound: -value,
              boundError: standardError,
              gain: gain.value,
              gainError: gain.standardError,
            })),
          },
        };
      } finally {
        tf.dispose(Object.values(data));
      }
    },
};
