import type { NodeEstimator } from "../estimators/estimator";
import { estimateGradient, type GradientEstimate } from "../gradients/gradient";
import type { Trace } from "../graph/trace";
import type { DataInputs } from "../model/defineModel";
import type { Noise } from "../random/noise";
import { refinedGradient } from "../training/refinedGradient";
import { refinedNode } from "../training/refinement";
import { guard, type Prepared } from "./prepare";

interface StepEstimate {
  /** The model, or one that counts its evaluations. */
  readonly instance: Prepared["instance"];
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  readonly data: DataInputs;
  readonly noise: Noise;
  /** True where baselines keep what `update` learns from. */
  readonly training: boolean;
  /** Shown every trace before anything is made of it. */
  readonly look?: (trace: Trace) => void;
}

/** The gradient that a step of training takes, at refined posteriors where the model asks for `inference`; nothing is updated. */
export function stepGradient(
  { definition, file, structure, objective, specs }: Prepared,
  { instance, training, ...evaluation }: StepEstimate,
): GradientEstimate {
  const { inference } = definition.options;
  return guard(file, () => {
    if (!inference) return estimateGradient(instance, { structure, objective, training, ...evaluation }, false);
    const node = refinedNode(inference, structure, objective, specs);
    const { estimators, ...rest } = evaluation;
    return refinedGradient(instance, { ...rest, node, estimator: estimators.get(node)!, inference });
  });
}
