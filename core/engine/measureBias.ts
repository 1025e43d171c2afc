import type { BiasReport } from "../diagnostics/bias";
import { biasByEnumeration } from "../diagnostics/biasByEnumeration";
import type { Workers } from "../diagnostics/chunks/chunks";
import { countStates } from "../diagnostics/enumerate";
import { sequentialBias } from "../diagnostics/sequentialBias";
import type { Sliced } from "../diagnostics/sliced";
import { unbiasedReference } from "../diagnostics/unbiasedReference";
import { unseenKinks } from "../diagnostics/unseenKinks";
import { withNormalisedVerdicts } from "../diagnostics/normalisedVerdicts";
import { unrefinedNotes } from "../training/unrefined";
import { GradlensError } from "../errors";
import { isExact } from "../estimators/isExact";
import { nodeWithOwnNoise } from "../estimators/ownNoise";
import type { DataInputs } from "../model/defineModel";
import { disposeAll } from "./checkSubject";
import type { Prepared } from "./prepare";

export type BiasMethod = "enumerate" | "sample" | "auto";

/** A bias below this share of the gradient counts as none. */
export const margins = { enumerate: 1e-3, sample: 0.05 } as const;
/** Rate of false alarms over all tensors together. */
export const ALPHA = 0.05;
/** Rows drawn in any case, so that the variance beside the verdict is known to a few percent. */
const MIN_ROWS = 2000;

/** What of a prepared model a measurement looks at. */
export type Measurable = Pick<
  Prepared,
  "definition" | "instance" | "structure" | "objective" | "batchSize" | "seed" | "chooseEstimators"
>;

export interface BiasMeasurement {
  readonly data: DataInputs;
  readonly numSamples: number;
  readonly step: number;
  readonly method: BiasMethod;
  /** Estimates to draw at most; fewer where the verdict is reached before. */
  readonly draws: number;
  readonly margin?: number | undefined;
  /** Rate of false alarms over all tensors together; 5 % when left out. */
  readonly alpha?: number | undefined;
  /** Draw until every tensor is decided, or only the whole; every when left out. */
  readonly until?: "every" | "whole";
  /** Engines that take a share of the work; all of it is done here when left out. */
  readonly workers?: Workers | undefined;
  /** Told what every look at the draws but the last finds. */
  readonly onLook?: ((report: BiasReport) => void) | undefined;
}

/** Whether the estimator's moments are sums over all joint states: few enough of them, and no noise of its own. */
export function enumerates(structure: Prepared["structure"], specs: Prepared["specs"], numSamples: number): boolean {
  return (
    isExact(specs) || ("states" in countStates(structure, numSamples) && nodeWithOwnNoise(specs, structure) === null)
  );
}

/** Bias of the estimators, by enumeration where that is asked for or possible, else by sampling; in slices. */
export function* measureBias(
  prepared: Measurable,
  { specs, estimators }: Pick<Prepared, "specs" | "estimators">,
  { data, numSamples, step, method, draws, margin, alpha = ALPHA, until = "every", workers, onLook }: BiasMeasurement,
): Sliced<BiasReport> {
  const { instance, structure, objective, batchSize, seed } = prepared;
  const request = { instance, structure, objective, data, batchSize, numSamples, workers };
  const enumerable = "states" in countStates(structure, numSamples);
  const unrefined = unrefinedNotes(prepared.definition);
  if (method === "enumerate" || (method === "auto" && enumerates(structure, specs, numSamples)) || isExact(specs)) {
    const report = yield* biasByEnumeration(request, estimators, specs, margin ?? margins.enumerate);
    return { ...report, notes: [...report.notes, ...unrefined] };
  }
  const compared = enumerable ? null : unbiasedReference(structure, specs, objective.id, { flips: true });
  if (!enumerable && compared === null) {
    throw new GradlensError(
      "GL1403",
      `no unbiased reference exists for "${prepared.definition.name}": its states cannot be enumerated and no unbiased estimator serves every node`,
    );
  }
  const reference = compared && { id: compared.text, ...prepared.chooseEstimators(compared.text) };
  try {
    const kinks = unseenKinks(specs, structure).map(({ message }) => message);
    const explained = (report: BiasReport): BiasReport => {
      const noted = { ...report, notes: [...report.notes, ...(compared?.notes ?? []), ...kinks, ...unrefined] };
      return withNormalisedVerdicts(noted, structure.graph, specs, estimators);
    };
    const look = onLook && ((report: BiasReport): void => onLook(explained(report)));
    const limits = { draws, margin: margin ?? margins.sample, alpha, minRows: MIN_ROWS, until, onLook: look };
    return explained(yield* sequentialBias({ ...request, ...limits, specs, estimators, reference, seed, step }));
  } finally {
    if (reference) disposeAll(reference);
  }
}
