import { detach } from "../backends/detach";
import type { tf } from "../backends/tf";
import { nodeNoise } from "../distributions/distribution";
import type { NodeEstimator } from "../estimators/estimator";
import type { Structure } from "../graph/structure";
import { withDenseMemo } from "../model/denseMemo";
import { withHandler } from "../model/traceContext";
import { meanOverSamples } from "../objectives/meanOverSamples";
import type { Objective } from "../objectives/objective";
import type { Evaluation } from "./surrogate";
import { closedForms, hasClosedEntropy } from "./closedForms";
import { spread, sum } from "./terms";

/**
 * The guide's nodes whose gradient has a path and a score part: a gradient flows through the value, and log q of the value is in the
 * loss. None where samples share one loss: the score's mean is not zero there.
 */
export function pathAndScoreNodes(
  objective: Objective,
  structure: Structure,
  estimators: ReadonlyMap<string, NodeEstimator>,
  numSamples: number,
): ReadonlySet<string> {
  if (!objective.entropy || !(objective.additive || numSamples === 1)) return new Set();
  const closed = closedForms(objective, structure);
  return new Set(
    structure.nodes.filter((name) => {
      const { statesPerUnit, id } = structure.distributions.get(name)!;
      const { entropyGradient } = estimators.get(name)!;
      const flows = entropyGradient === "full" || entropyGradient === "path";
      return flows && statesPerUnit === null && id !== "dirac" && !hasClosedEntropy(closed, name);
    }),
  );
}

/**
 * Σ over `nodes` of log q(z; φ) of each row, `[B']`, all drawn values held: its gradient is the score part of the total derivative
 * (seed 4, eq. 8). One run of the guide, with the values that the same noise gives the full evaluation.
 */
export function scoreRows(
  { functions, data, estimators, noise }: Evaluation,
  nodes: ReadonlySet<string>,
): { readonly surrogate: tf.Tensor } {
  const { numSamples: S, numRows } = noise.layout;
  const scores: tf.Tensor[] = [];
  if ("guide" in functions) {
    withDenseMemo(() =>
      withHandler(
        {
          sample({ name, distribution }) {
            const value = detach(estimators.get(name)!.draw(distribution, nodeNoise(noise, name), null));
            if (nodes.has(name)) scores.push(spread(distribution.logProb(value), [S, numRows]));
            return value;
          },
          observe: () => undefined,
          cost: () => undefined,
        },
        () => functions.guide(data as never),
      ),
    );
  }
  return { surrogate: meanOverSamples(sum(scores, [S, numRows])) };
}
