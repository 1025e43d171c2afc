import type { NodeEstimator } from "../estimators/estimator";
import type { EstimatorSpec } from "../estimators/estimatorSpec";
import type { ParameterAttribution } from "../protocol/variance";
import { AttributionMoments } from "./attributionMoments";
import { attributionPass } from "./chunks/attributionPass";
import { plainSet } from "./chunks/chunks";
import type { Draws } from "./chunks/draws";
import { takeChunks } from "./chunks/takeChunks";
import type { ExactRequest } from "./exactGradient";
import { DIAGNOSTIC_REPLICATE } from "./measureVariance";
import type { MomentsWindow } from "./momentsWindow";
import type { Sliced } from "./sliced";

export interface AttributionRequest extends ExactRequest {
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  /** How workers make the estimators; all is done here when it is left out. */
  readonly specs?: ReadonlyMap<string, EstimatorSpec> | undefined;
  /** m: examples in `data`, 1 without; B when left out. */
  readonly examples?: number;
  /** Estimates of every example's gradient. */
  readonly draws: number;
  readonly seed: number;
  readonly step: number;
  /** Earlier measurements that are averaged with this one. */
  readonly window?: MomentsWindow<AttributionMoments>;
}

/** Rows of one evaluation. */
const ROWS = 256;

/**
 * Which node causes which parameter's Monte Carlo variance: every node's noise in turn is drawn again with the others' held, and half
 * the mean squared change is its total effect; with everything drawn again but the node's noise, what is left is its first-order effect
 * (`AttributionMoments`). What a node's noise decides further down, through the nodes drawn given it, counts as its effect too.
 */
export function* attributeVariance(request: AttributionRequest): Sliced<readonly ParameterAttribution[]> {
  const { instance, structure, batchSize, draws, seed, step } = request;
  const hasData = Object.keys(request.data).length > 0;
  const m = hasData ? (request.examples ?? batchSize) : 1;
  const found = instance.parameters.map(() => new AttributionMoments(structure.nodes, m));
  const perPass = Math.max(1, Math.min(draws, Math.floor(ROWS / m)));
  const total = Math.ceil(draws / perPass);
  const args = (index: number): Draws => ({
    ...{ seed, step, examples: m },
    firstReplicate: DIAGNOSTIC_REPLICATE + index * perPass,
    replicates: Math.min(perPass, draws - index * perPass),
  });
  const work = { kind: attributionPass, subject: { ...request, sets: [plainSet(request)] }, total, args };
  yield* takeChunks(work, request.specs && request.workers, (parameters) => {
    parameters.forEach((rows, i) => rows.forEach((squares, row) => found[i]!.add(row % m, squares)));
  });
  return instance.parameters.map(({ name, shape }, i) => {
    const moments = request.window?.add(name, found[i]!) ?? found[i]!;
    return { name, shape, ...moments.result(batchSize) };
  });
}
