import { tf } from "../backends/tf";
import type { NodeEstimator } from "../estimators/estimator";
import type { EvaluationRecord } from "../protocol/snapshot";
import { Noise } from "../random/noise";
import { refinedNode } from "../training/refinement";
import { refinementCurve } from "../training/refinedGradient";
import { EVALUATION_STEP } from "./chunks/evaluationBatch";
import type { Prepared } from "./prepare";
import { testExamples } from "./testExamples";

/** Test examples whose posteriors are refined for the curve. */
const EXAMPLES = 100;

/**
 * The bound after 0, 1, 2, 5, 10, 20, … and all inference steps, on the first test examples, as one evaluation each:
 * `test/elbo-refined-0`, …, whose curve over the steps shows what refining gains.
 */
export function evaluateRefinement(
  prepared: Prepared,
  estimators: ReadonlyMap<string, NodeEstimator>,
  step: number,
): readonly EvaluationRecord[] {
  const { definition, dataset, instance, objective, structure, specs, seed, numSamples } = prepared;
  const { inference } = definition.options;
  if (!inference || !dataset) return [];
  const node = refinedNode(inference, structure, objective, specs);
  const { data, numRows } = testExamples(prepared, EXAMPLES)!;
  const noise = new Noise({ seed, step: EVALUATION_STEP, numSamples, numRows, replicates: 1, firstReplicate: 0 });
  try {
    const curve = refinementCurve(instance, { node, estimator: estimators.get(node)!, data, noise, inference });
    return curve.flatMap(({ value, standardError }, k) =>
      isShown(k, inference.steps)
        ? [{ step, name: `test/elbo-refined-${k}`, value, standardError, samples: numSamples }]
        : [],
    );
  } finally {
    tf.dispose(Object.values(data));
  }
}

function isShown(k: number, last: number): boolean {
  return k === 0 || k === last || /^[125]0*$/.test(String(k));
}
