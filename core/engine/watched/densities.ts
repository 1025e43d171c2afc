import { tf } from "../../backends/tf";
import { partDensities } from "../../diagnostics/partDensities";
import { pathAndScoreNodes } from "../../gradients/scoreRows";
import { MEASURED_EXAMPLES } from "../measuredRequest";
import type { WatchedMeasurement } from "./watchedView";

/** Replicates of every measured example; of the one row where there is no data. */
const DRAWS = 4;
const DRAWS_WITHOUT_DATA = 64;

/** How the elements of path and score part are distributed. */
export const densities: WatchedMeasurement = {
  id: "densities",
  applies: ({ objective, structure, numSamples }, estimators) =>
    pathAndScoreNodes(objective, structure, estimators, numSamples).size > 0,
  create:
    () =>
    ({ prepared, estimators, step }) => {
      const { dataset, instance, structure, objective, batchSize, numSamples, seed } = prepared;
      const examples = dataset ? Math.min(MEASURED_EXAMPLES, batchSize) : 1;
      const data = prepared.batch(step, examples);
      try {
        const parameters = partDensities({
          ...{ instance, structure, objective, estimators, data, examples, batchSize, numSamples, seed, step },
          draws: dataset ? DRAWS : DRAWS_WITHOUT_DATA,
        });
        return { densities: parameters.length > 0 ? { step, parameters } : null };
      } finally {
        tf.dispose(Object.values(data));
      }
    },
};
