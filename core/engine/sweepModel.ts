import type { Workers } from "../diagnostics/chunks/chunks";
import { countStates } from "../diagnostics/enumerate";
import { exactGradientSliced } from "../diagnostics/exactGradient";
import { partOf, type Sliced } from "../diagnostics/sliced";
import { drawnMoments } from "../diagnostics/sweeps/drawnMoments";
import { enumeratedMoments } from "../diagnostics/sweeps/enumeratedMoments";
import type { GradientMoments } from "../diagnostics/sweeps/gradientMoments";
import { sweepKinds } from "../diagnostics/sweeps/registry";
import { slope } from "../diagnostics/sweeps/slope";
import type { SweepKind } from "../diagnostics/sweeps/sweepKind";
import { unbiasedReference } from "../diagnostics/unbiasedReference";
import { GradlensError } from "../errors";
import { isExact } from "../estimators/isExact";
import { nodeWithOwnNoise } from "../estimators/ownNoise";
import type { DataInputs } from "../model/defineModel";
import { formatInterval, formatNumber, formatShare } from "../format";
import type { Measured, SweepOver, SweepPoint, SweepRecord, SweepSlope } from "../protocol/sweep";
import { disposeAll } from "./checkSubject";
import { describedSamples } from "./describedSamples";
import { asModelError } from "./modelLoader";
import type { Prepared } from "./prepare";

type Chosen = ReturnType<Prepared["chooseEstimators"]>;

export interface SweepWork {
  readonly prepared: Prepared;
  /** The estimators whose option is varied. */
  readonly base: Pick<Chosen, "specs" | "text">;
  /** Estimators with the state of a checkpoint or a run; the sweep disposes them. */
  readonly choose: (text: string) => Chosen;
  readonly data: DataInputs;
  readonly step: number;
  readonly over: SweepOver;
  readonly values?: readonly number[] | undefined;
  /** Estimates at each value, where they are drawn. */
  readonly draws?: number | undefined;
  /** Samples of every example where those are not varied. */
  readonly samples?: number | undefined;
  /** Engines that take a share of what is enumerated. */
  readonly workers?: Workers | undefined;
}

export type SweepResult = Omit<SweepRecord, "model" | "file" | "exportName" | "at" | "step" | "elapsedMs">;

const LEVEL = 0.95;
/** Rows at each value at least, unless said: an example's rows of a batch count each. */
const ROWS = 10_000;
const LEAST_DRAWS = 40;

export function findSweep(id: string): SweepKind {
  const found = sweepKinds.find((kind) => kind.id === id);
  if (found) return found;
  const known = sweepKinds.map((kind) => kind.id).join(", ");
  throw new GradlensError("GL1410", `nothing named "${id}" can be swept over; choose one of ${known}`, { usage: true });
}

/** One curve: an option varied at fixed parameters, the same noise at every value; in slices. */
export function* sweepModel(work: SweepWork): Sliced<SweepResult> {
  const { prepared, base, over } = work;
  const kind = findSweep(over);
  const subject = { specs: base.specs, objective: prepared.objective };
  const refusal = kind.refusal(subject);
  if (refusal !== null)
    throw new GradlensError("GL1411", `${over} cannot be swept in "${prepared.definition.name}": ${refusal}`, {
      usage: true,
    });
  const values = [...new Set(work.values ?? kind.defaultValues)].sort((a, b) => a - b);
  const wrong = values.find((value) => !kind.accepts(value));
  if (wrong !== undefined || values.length === 0)
    throw new GradlensError("GL1412", `a sweep over ${over} needs ${kind.allowed}, got ${wrong ?? "none"}`, {
      usage: true,
    });
  const references = new References(work);
  const parts = values.length + (kind.beside ? 1 : 0);
  const points: SweepPoint[] = [];
  const skipped: string[] = [];
  for (const [index, value] of values.entries()) {
    try {
      const asked = kind.at(value, subject);
      points.push({ value, ...(yield* partOf(measurePoint(work, kind, asked, references), index / parts, 1 / parts)) });
    } catch (error) {
      const told = asModelError(error, prepared.file);
      // A list that was asked for is measured in full, or the reason is the answer.
      if (work.values !== undefined && !(told instanceof GradlensError)) throw told;
      skipped.push(`${value}: ${told.message}`);
    }
  }
  if (points.length === 0)
    throw new GradlensError("GL1413", `no value of ${over} could be measured: ${skipped[0] ?? "none was named"}`);
  const beside = kind.beside?.(subject);
  const compared = beside
    ? [besideNote(beside, yield* partOf(measurePoint(work, kind, beside, references), 1 - 1 / parts, 1 / parts))]
    : [];
  return {
    over,
    estimator: base.text,
    reference: references.words,
    level: LEVEL,
    points,
    ...bestOf(points, kind),
    slopes: over === "samples" ? slopesOf(points) : [],
    notes: [...compared, ...references.notes, ...notesOf(kind, subject)],
    skipped,
  };
}

function* measurePoint(
  work: SweepWork,
  kind: SweepKind,
  asked: ReturnType<SweepKind["at"]>,
  references: References,
): Sliced<Omit<SweepPoint, "value">> {
  const { prepared, base, data, step, workers } = work;
  const { instance, structure, objective, batchSize, seed } = prepared;
  const subject = { specs: base.specs, objective };
  const chosen = work.choose(asked.estimator);
  const fresh = prepared.chooseEstimators(asked.estimator);
  let reference: Reference | null = null;
  try {
    const { specs } = chosen;
    const swept = new Set(kind.sweptNodes(subject));
    const estimators = new Map(
      [...chosen.estimators].map(([node, own]) => [node, swept.has(node) ? fresh.estimators.get(node)! : own]),
    );
    const least = describedSamples({ objective, numSamples: 1 }, specs);
    const numSamples = asked.samples ?? describedSamples(prepared, specs, work.samples);
    if (numSamples < least)
      throw new GradlensError("GL1414", `${asked.estimator} needs at least ${least} samples`, { usage: true });
    const request = { instance, structure, objective, data, batchSize, numSamples, workers };
    reference = yield* references.at(numSamples, specs);
    const enumerable = "states" in countStates(structure, numSamples);
    let moments: GradientMoments;
    if (reference.exact && enumerable && (isExact(specs) || nodeWithOwnNoise(specs, structure) === null)) {
      moments = yield* enumeratedMoments(request, estimators, specs, reference.exact);
    } else {
      const rows = prepared.dataset === null ? 1 : batchSize;
      moments = yield* drawnMoments({
        ...{ ...request, estimators, seed, step, level: LEVEL },
        reference: reference.exact ?? reference.estimators,
        referenceIsExact: reference.exact !== null,
        draws: work.draws ?? Math.max(LEAST_DRAWS, Math.ceil(ROWS / rows)),
      });
    }
    return { estimator: asked.estimator, samples: numSamples, ...moments };
  } finally {
    disposeAll(chosen);
    disposeAll(fresh);
    if (reference?.estimators) disposeAll({ estimators: reference.estimators });
  }
}

interface Reference {
  readonly exact: ReadonlyMap<string, Float64Array> | null;
  readonly estimators: Chosen["estimators"] | null;
}

/** What the estimates are compared with; the exact gradient is found once for each number of samples that it depends on. */
class References {
  words = "none: no unbiased estimator serves every node, so the bias is unknown";
  notes: readonly string[] = [];
  private readonly exact = new Map<number, ReadonlyMap<string, Float64Array>>();

  constructor(private readonly work: SweepWork) {}

  *at(samples: number, specs: Chosen["specs"]): Sliced<Reference> {
    const { prepared, data, workers } = this.work;
    const { instance, structure, objective, batchSize } = prepared;
    // Where samples are only averaged the gradient does not depend on their number.
    const numSamples = objective.additive ? 1 : samples;
    if ("states" in countStates(structure, numSamples)) {
      const request = { instance, structure, objective, data, batchSize, numSamples, workers };
      const exact = this.exact.get(numSamples) ?? (yield* exactGradientSliced(request)).gradients;
      this.exact.set(numSamples, exact);
      this.words = "the exact gradient, all joint states enumerated";
      return { exact, estimators: null };
    }
    const found = unbiasedReference(structure, specs, objective.id);
    if (!found) return { exact: null, estimators: null };
    this.words = `the mean of ${found.text} over the same noise`;
    this.notes = found.notes;
    return { exact: null, estimators: prepared.chooseEstimators(found.text).estimators };
  }
}

function bestOf(points: readonly SweepPoint[], kind: SweepKind): Pick<SweepRecord, "best" | "notWorse"> {
  const known = points.flatMap(({ value, meanSquaredError: { value: error, interval } }) =>
    error === null || interval === null ? [] : [{ value, error, interval }],
  );
  const [first, ...others] = known.sort((a, b) => a.error - b.error);
  if (!kind.recommends || !first || known.length < points.length) return { best: null, notWorse: [] };
  const near = others.filter(({ interval, error }) => interval[0] <= first.interval[1] && error >= first.error);
  const exact = first.interval[0] === first.interval[1];
  return { best: first.value, notWorse: exact ? [] : near.map(({ value }) => value).sort((a, b) => a - b) };
}

function slopesOf(points: readonly SweepPoint[]): SweepSlope[] {
  const values = points.map(({ value }) => value);
  return (points[0]?.parameters ?? []).flatMap(({ name }, i) =>
    (["variance", "snr"] as const).flatMap((quantity) => {
      const measured = points.map(({ parameters }) => parameters[i]![quantity]);
      const found = slope(values, measured, LEVEL);
      return found ? [{ parameter: name, quantity, ...found }] : [];
    }),
  );
}

function besideNote(
  { words, estimator }: ReturnType<NonNullable<SweepKind["beside"]>>,
  { biasSquared, variance }: Pick<SweepPoint, "biasSquared" | "variance">,
): string {
  const told = ({ value, interval }: Measured): string =>
    `${formatNumber(value)} ${formatInterval(interval && [interval[0], interval[1]])}`;
  return `${words}, ${estimator} has bias² ${told(biasSquared)} and variance ${told(variance)} (${formatShare(LEVEL)} intervals)`;
}

function notesOf(kind: SweepKind, subject: Parameters<SweepKind["refusal"]>[0]): string[] {
  const learned = kind
    .sweptNodes(subject)
    .filter((node) => ["rebar", "relax"].includes(subject.specs.get(node)!.estimator.id));
  return learned.length === 0
    ? []
    : [`what the estimator at ${learned.map((node) => `"${node}"`).join(", ")} has learned is left out`];
}
