import type { BiasReport, ParameterBias } from "../diagnostics/bias";
import { normalisationNotes } from "../diagnostics/normalisationNotes";
import type { BiasRequest } from "../protocol/engine";
import type { BiasRecord, ParameterVerdict } from "../protocol/snapshot";
import { type CheckSubject, disposeAll } from "./checkSubject";
import { describedSamples } from "./describedSamples";
import { inSlices, type SliceOptions } from "./inSlices";
import { asModelError } from "./modelLoader";
import { measureBias } from "./measureBias";
import { requireFinite } from "./requireFinite";

/** What the command line draws, too. */
const DRAWS = 2000;

export interface BiasOptions extends Omit<BiasRequest, "target"> {
  /** Rate of false alarms over all tensors together; 5 % when left out. */
  readonly alpha?: number;
  /** S of the estimate; as few as the estimator needs when left out. */
  readonly samples?: number;
}

/**
 * Checks the bias of a target's estimator, or of another one, at the target's parameters.
 *
 * @throws GL1620 where the gradient is no number
 */
export async function checkBias(
  subject: CheckSubject,
  { estimator, draws = DRAWS, margin, alpha, samples }: BiasOptions,
  options: SliceOptions,
): Promise<BiasRecord> {
  const { prepared, step, data } = subject;
  const began = performance.now();
  const chosen = subject.choose(estimator ?? subject.driving);
  try {
    const numSamples = describedSamples(prepared, chosen.specs, samples);
    const workers = options.workersFor?.(prepared);
    const wish = { data, numSamples, step, method: "auto", draws, margin, alpha, workers } as const;
    const work = measureBias(prepared, chosen, wish);
    const report = await inSlices(work, options).catch((error: unknown) => {
      throw options.signal.aborted ? error : asModelError(error, prepared.file);
    });
    for (const field of ["exact", "mean"] as const) {
      const gradients = new Map(report.parameters.map((parameter) => [parameter.name, parameter[field] ?? []]));
      requireFinite(prepared, data, step, { gradients });
    }
    const notes = [...report.notes, ...normalisationNotes(chosen.specs, chosen.estimators)];
    const elapsedMs = performance.now() - began;
    return { ...aboutSubject(subject, elapsedMs), ...verdicts(report, prepared), notes, estimator: chosen.text };
  } finally {
    disposeAll(chosen);
  }
}

export function aboutSubject(
  { prepared, exportName, at, step }: CheckSubject,
  elapsedMs: number,
): Pick<BiasRecord, "model" | "file" | "exportName" | "at" | "step" | "elapsedMs"> {
  return { model: prepared.definition.name, file: prepared.file, exportName, at, step, elapsedMs };
}

function verdicts(
  { method, verdict, parameters, reference, margin, level, draws }: BiasReport,
  { instance }: CheckSubject["prepared"],
): Pick<BiasRecord, "method" | "verdict" | "parameters" | "reference" | "margin" | "level" | "draws" | "moreDraws"> {
  const sources = new Map(instance.parameters.map(({ name, source }) => [name, source]));
  const told = parameters.map((parameter): ParameterVerdict => {
    const source = sources.get(parameter.name);
    return { ...verdictOf(parameter), ...(source ? { source } : {}) };
  });
  const open = told.filter((parameter) => parameter.verdict === "undecided").map((parameter) => parameter.moreDraws);
  const more = open.reduce<number | null>(
    (most, next) => (most === null || next === null ? null : Math.max(most, next)),
    0,
  );
  return { method, verdict, parameters: told, reference, margin, level, draws, moreDraws: more };
}

function verdictOf(parameter: ParameterBias): ParameterVerdict {
  const { name, shape, gradientNorm, variance, relativeBias, interval, verdict } = parameter;
  return {
    name,
    shape,
    verdict,
    relativeBias,
    interval,
    gradientNorm,
    variance: variance.reduce((total, value) => total + value, 0),
    moreDraws: verdict === "undecided" ? (parameter.moreDraws ?? null) : 0,
  };
}
