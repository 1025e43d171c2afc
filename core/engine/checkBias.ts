import type { BiasReport, ParameterBias } from "../diagnostics/bias";
import type { Workers } from "../diagnostics/chunks/chunks";
import { normalisationNotes } from "../diagnostics/normalisationNotes";
import type { Sliced } from "../diagnostics/sliced";
import type { BiasRequest } from "../protocol/engine";
import type { BiasRecord, ParameterVerdict } from "../protocol/bias";
import { type CheckSubject, disposeAll } from "./checkSubject";
import { describedSamples } from "./describedSamples";
import { inSlices, type SliceOptions } from "./inSlices";
import { measureBias } from "./measureBias";
import { guardSliced } from "./prepare";
import { requireFinite } from "./requireFinite";

/** What the command line draws, too. */
const DRAWS = 2000;

export interface BiasOptions extends Omit<BiasRequest, "target"> {
  /** Rate of false alarms over all tensors together; 5 % when left out. */
  readonly alpha?: number | undefined;
  /** S of the estimate; as few as the estimator needs when left out. */
  readonly samples?: number | undefined;
}

interface Beside {
  readonly workers?: Workers | undefined;
  /** Told what is known before the check has ended. */
  readonly onLook?: (record: BiasRecord) => void;
}

/**
 * Checks the bias of a target's estimator, or of another one, at the target's parameters.
 *
 * @throws GL1620 where the gradient is no number
 */
export function checkBias(
  subject: CheckSubject,
  request: BiasOptions,
  { signal, onProgress, busy, workersFor }: SliceOptions,
): Promise<BiasRecord> {
  const work = biasSlices(subject, request, { workers: workersFor?.(subject.prepared) });
  return inSlices(work, { signal, onProgress, busy });
}

/** The same as slices of work. */
export function* biasSlices(
  subject: CheckSubject,
  { estimator, draws = DRAWS, margin, alpha, samples }: BiasOptions,
  { workers, onLook }: Beside,
): Sliced<BiasRecord> {
  const { prepared, step, data } = subject;
  const began = performance.now();
  const chosen = subject.choose(estimator ?? subject.driving);
  const record = (report: BiasReport): BiasRecord => {
    const notes = [...report.notes, ...normalisationNotes(chosen.specs, chosen.estimators)];
    return biasRecord(subject, { ...report, notes }, chosen.text, performance.now() - began);
  };
  try {
    const numSamples = describedSamples(prepared, chosen.specs, samples);
    const look = onLook && ((report: BiasReport): void => onLook(record(report)));
    const wish = { data, numSamples, step, method: "auto", draws, margin, alpha, workers, onLook: look } as const;
    const report = yield* guardSliced(prepared.file, measureBias(prepared, chosen, wish));
    for (const field of ["exact", "mean"] as const) {
      const gradients = new Map(report.parameters.map((parameter) => [parameter.name, parameter[field] ?? []]));
      requireFinite(prepared, data, step, { gradients });
    }
    return record(report);
  } finally {
    disposeAll(chosen);
  }
}

/** A report as views and run folders keep it. */
export function biasRecord(subject: Looked, report: BiasReport, estimator: string, elapsedMs: number): BiasRecord {
  const { notes } = report;
  return { ...aboutSubject(subject, elapsedMs), ...verdicts(report, subject.prepared), notes, estimator };
}

/** What was looked at. */
export type Looked = Pick<CheckSubject, "prepared" | "exportName" | "at" | "step">;

export function aboutSubject(
  { prepared, exportName, at, step }: Looked,
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
