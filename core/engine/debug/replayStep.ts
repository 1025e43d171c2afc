import { tf } from "../../backends/tf";
import { tidy } from "../../backends/tidy";
import { type MeasuredVariance, measureVariance } from "../../diagnostics/measureVariance";
import { refuseFewSamples } from "../../estimators/refuseUnsuited";
import type { NodeEstimator } from "../../estimators/estimator";
import type { DebugReplay } from "../../protocol/debug";
import { refinedNode } from "../../training/refinement";
import { MEASURED_EXAMPLES, measuredRequest } from "../measuredRequest";
import { guard, type Prepared } from "../prepare";
import type { StepView } from "./stepView";

/** Replicates of every example; without data, of the one row. */
const DRAWS = [4, 64] as const;

/**
 * The step's estimate by its own estimator and by another one, from the step's keys and at the parameters before its update. The other
 * one's baselines are new. Variances come from further draws, the same for both.
 */
export function replayStep(view: StepView, estimator: string): DebugReplay {
  const { prepared, step, estimators: own } = view.subject;
  const { structure, objective } = prepared;
  const { inference } = prepared.definition.options;
  const chosen = prepared.chooseEstimators(estimator);
  try {
    refuseFewSamples(chosen.specs, prepared.numSamples);
    if (inference) refinedNode(inference, structure, objective, chosen.specs);
    const [a, b] = [view.estimate, view.with(chosen.estimators)];
    const measured = [own, chosen.estimators].map((each) => variances(prepared, each, step));
    return {
      step,
      estimators: ["this run's", chosen.text],
      parameters: [...a.gradient].map(([name, { values }], i) => {
        const other = b.gradient.get(name)!.values;
        const dot = values.reduce((sum, x, j) => sum + x * other[j]!, 0);
        const norms = [values, other].map((x) => Math.sqrt(x.reduce((sum, y) => sum + y * y, 0))) as [number, number];
        return {
          name,
          norms,
          cosine: norms[0] > 0 && norms[1] > 0 ? dot / (norms[0] * norms[1]) : null,
          variances: [measured[0]?.[i]?.monteCarlo ?? null, measured[1]?.[i]?.monteCarlo ?? null] as const,
        };
      }),
    };
  } finally {
    for (const each of chosen.estimators.values()) each.dispose();
  }
}

function variances(
  prepared: Prepared,
  estimators: ReadonlyMap<string, NodeEstimator>,
  step: number,
): readonly MeasuredVariance[] {
  const data = prepared.batch(step, MEASURED_EXAMPLES);
  try {
    return guard(prepared.file, () =>
      tidy(() => measureVariance(measuredRequest(prepared, { estimators, data, step, draws: DRAWS }))),
    );
  } finally {
    tf.dispose(Object.values(data));
  }
}
