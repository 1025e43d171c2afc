import type { NodeEstimator } from "../estimators/estimator";
import { collectRows } from "../gradients/collectRows";
import type { RowGradients } from "../gradients/rowGradients";
import { pathAndScoreNodes, scoreRows } from "../gradients/scoreRows";
import { Noise } from "../random/noise";
import { tileRows } from "./enumerate";
import { DIAGNOSTIC_REPLICATE, type VarianceRequest } from "./measureVariance";

export type PathScoreRequest = Pick<
  VarianceRequest,
  | "instance"
  | "structure"
  | "objective"
  | "estimators"
  | "data"
  | "examples"
  | "batchSize"
  | "numSamples"
  | "draws"
  | "seed"
  | "step"
>;

/** Path and score part of every row's gradient, by parameter, of the same draws. */
export interface PartRows {
  readonly path: readonly RowGradients[];
  readonly score: readonly RowGradients[];
}

/** Whether some node has both parts. */
export function hasPathAndScore({
  objective,
  structure,
  estimators,
  numSamples,
}: Pick<PathScoreRequest, "objective" | "structure" | "estimators" | "numSamples">): boolean {
  return pathAndScoreNodes(objective, structure, estimators, numSamples).size > 0;
}

/**
 * How to draw both parts of the total derivative, rows replicate-major; call the result inside a tidy, which owns the tensors.
 *
 * @returns null without a node that has both parts
 */
export function pathScoreRows(
  request: Omit<PathScoreRequest, "draws">,
): ((firstReplicate: number, replicates: number) => PartRows) | null {
  const { instance, structure, objective, estimators, examples, numSamples, seed, step, data } = request;
  const nodes = pathAndScoreNodes(objective, structure, estimators, numSamples);
  if (nodes.size === 0) return null;
  const alongPath = new Map(
    [...estimators].map(([name, estimator]) => [name, nodes.has(name) ? pathOnly(estimator) : estimator]),
  );
  return (firstReplicate, replicates) => {
    const noise = new Noise({
      ...{ seed, step, numSamples, replicates },
      numRows: replicates * examples,
      firstReplicate: DIAGNOSTIC_REPLICATE + firstReplicate,
    });
    const evaluation = {
      ...{ structure, objective, noise, training: false },
      estimators: alongPath,
      data: tileRows(data, replicates),
    };
    return {
      path: collectRows(instance, evaluation).rows,
      score: collectRows(instance, evaluation, (each) => scoreRows(each, nodes)).rows,
    };
  };
}

/** The same draws with the path derivative of log q alone. */
function pathOnly(estimator: NodeEstimator): NodeEstimator {
  return Object.create(estimator, { entropyGradient: { value: "path" } }) as NodeEstimator;
}
