import type { BiasReport } from "../core/diagnostics/bias";
import { biasByEnumeration } from "../core/diagnostics/biasByEnumeration";
import { biasBySampling } from "../core/diagnostics/biasBySampling";
import { countStates } from "../core/diagnostics/enumerate";
import { unbiasedReference } from "../core/diagnostics/unbiasedReference";
import type { Prepared } from "../core/engine/prepare";
import { GradlensError } from "../core/errors";
import { nodeWithOwnNoise } from "../core/estimators/ownNoise";
import type { DataInputs } from "../core/model/defineModel";
import { isExact } from "./isExact";

export type BiasMethod = "enumerate" | "sample" | "auto";

/** A bias below this share of the gradient counts as none. */
export const margins = { enumerate: 1e-3, sample: 0.05 } as const;
/** Rate of false alarms over all tensors together. */
const ALPHA = 0.05;

export interface BiasMeasurement {
  readonly data: DataInputs;
  readonly numSamples: number;
  readonly step: number;
  readonly method: BiasMethod;
  readonly draws: number;
  readonly margin?: number | undefined;
  readonly onProgress: (share: number) => void;
}

/** Bias of the estimators, by enumeration where that is asked for or possible, else by sampling. */
export function measureBias(
  prepared: Prepared,
  { specs, estimators }: Pick<Prepared, "specs" | "estimators">,
  { data, numSamples, step, method, draws, margin, onProgress }: BiasMeasurement,
): BiasReport {
  const { instance, structure, objective, batchSize, seed } = prepared;
  const request = { instance, structure, objective, data, batchSize, numSamples };
  const enumerable = "states" in countStates(structure, numSamples);
  const ownNoise = nodeWithOwnNoise(specs, structure) !== null;
  if (method === "enumerate" || isExact(specs) || (method === "auto" && enumerable && !ownNoise)) {
    return biasByEnumeration(request, estimators, specs, margin ?? margins.enumerate);
  }
  const text = enumerable ? null : unbiasedReference(structure, specs, objective.id);
  if (!enumerable && text === null) {
    throw new GradlensError(
      "GL1403",
      `no unbiased reference exists for "${prepared.definition.name}": its states cannot be enumerated and no unbiased estimator serves every node`,
    );
  }
  const reference = text === null ? null : { id: text, estimators: prepared.chooseEstimators(text).estimators };
  try {
    const limits = { draws, margin: margin ?? margins.sample, alpha: ALPHA };
    return biasBySampling({ ...request, ...limits, estimators, reference, seed, step, onProgress });
  } finally {
    for (const estimator of reference?.estimators.values() ?? []) estimator.dispose();
  }
}
