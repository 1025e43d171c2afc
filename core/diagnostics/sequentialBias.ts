import { GradlensError } from "../errors";
import type { NodeEstimator } from "../estimators/estimator";
import type { EstimatorSpec } from "../estimators/estimatorSpec";
import { type BiasReport, overall, type ParameterBias } from "./bias";
import { norm } from "./biasByEnumeration";
import { chooseScoreControl } from "./chooseScoreControl";
import { biasPass, type PassShare, type RowParts, SMALL } from "./chunks/biasPass";
import { type EstimatorSet, openChunks } from "./chunks/chunks";
import { countStates } from "./enumerate";
import { exactGradientSliced, type ExactRequest } from "./exactGradient";
import { isLook, shareOfLook } from "./lookSchedule";
import { MeanVector } from "./meanVector";
import { type Estimators, PassDraws } from "./passDraws";
import { planPasses } from "./passPlan";
import { withScoreControl } from "./scoreControl";
import { partOf, type Sliced } from "./sliced";
import { TensorTest } from "./tensorTest";

type Specs = ReadonlyMap<string, EstimatorSpec>;

export interface SequentialBiasRequest extends ExactRequest {
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  /** An unbiased estimator at every node, drawn with the same noise; used when the states cannot be enumerated. */
  readonly reference: {
    readonly id: string;
    readonly estimators: ReadonlyMap<string, NodeEstimator>;
    readonly specs?: Specs | undefined;
  } | null;
  /** How workers make the estimators and the reference's; without either all is drawn here. */
  readonly specs?: Specs | undefined;
  /** Compare with the enumerated gradient: where left out, whenever the states can be enumerated. */
  readonly exactReference?: boolean;
  /** Estimates of the batch-mean gradient to draw at most. */
  readonly draws: number;
  /** Time after which no further pass begins; none when left out. */
  readonly limitMs?: number | undefined;
  /** Rows (estimates × examples) before which no verdict ends the drawing; 512 when left out. */
  readonly minRows?: number;
  /** Draw until every tensor is decided, or only the whole; every when left out. */
  readonly until?: "every" | "whole";
  /** Take the score's share of the noise out where that helps; yes when left out. */
  readonly scoreControl?: boolean;
  readonly margin: number;
  readonly seed: number;
  readonly step: number;
  /** Rate of false verdicts over all tensors and all looks together. */
  readonly alpha: number;
  /** Told what every look but the last finds: it holds at the same level as what is found in the end. */
  readonly onLook?: ((report: BiasReport) => void) | undefined;
}

/** Rows before which no verdict ends the drawing. */
const MIN_ROWS = 512;
/** Passes that estimates as they are, without score control, are drawn in too; of later ones fewer and fewer. */
const RAW_PASSES = 8;
/** Passes whose rows' inner products are all taken; of later ones only so many that their number doubles when the passes do. */
const FULL_PASSES = 32;

/**
 * Bias of an estimator, drawn until it is decided: d = ĝ − reference row by row under common noise, ‖E d‖² and its bounds from inner
 * products of independent rows, at looks whose number need not be known beforehand (docs/bias-test.md).
 *
 * @throws GL1403 where there is no unbiased reference
 */
export function* sequentialBias(request: SequentialBiasRequest): Sliced<BiasReport> {
  const { instance, structure, numSamples, batchSize: B, margin, alpha } = request;
  const enumerable = request.exactReference ?? "states" in countStates(structure, numSamples);
  if (!enumerable && !request.reference)
    throw new GradlensError(
      "GL1403",
      "no unbiased reference exists for this model: its states cannot be enumerated and no unbiased estimator serves every node",
    );
  const exact = enumerable ? (yield* exactGradientSliced(request)).gradients : null;
  const hasData = Object.keys(request.data).length > 0;
  const plan = planPasses(hasData, B, request.draws);
  const largest = exact ? Math.max(...[...exact.values()].map(norm)) : 0;
  const tests = instance.parameters.map(({ name, shape, variable }) => {
    const vector = (): MeanVector => new MeanVector(variable.size, variable.size <= SMALL);
    const known = exact?.get(name) ?? null;
    return new TensorTest(name, shape, margin, vector, known, largest);
  });
  const began = performance.now();
  const pilot = new PassDraws(request, plan);
  const setOf = function* (estimators: Estimators, specs: Specs | undefined): Sliced<EstimatorSet> {
    const control = request.scoreControl === false ? 0 : yield* chooseScoreControl(pilot, estimators);
    return { estimators: withScoreControl(estimators, control), specs: specs ?? new Map(), control };
  };
  yield 0;
  const own = yield* setOf(request.estimators, request.specs);
  const raw = { ...own, estimators: request.estimators, control: 0 };
  const sets = exact ? [raw, own] : [raw, own, yield* setOf(request.reference!.estimators, request.reference!.specs)];
  const argsOf = (index: number): PassShare => {
    const pass = Math.floor(index / plan.chunks);
    return {
      seed: request.seed,
      step: request.step,
      draws: request.draws,
      hasData,
      pass,
      chunk: index % plan.chunks,
      gram: pass % Math.ceil((pass + 1) / FULL_PASSES) === 0,
      plain: pass % Math.ceil((pass + 1) / RAW_PASSES) === 0,
    };
  };
  const shared = request.specs && (exact ?? request.reference!.specs) ? request.workers : undefined;
  const total = plan.passes * plan.chunks;
  const stream = openChunks({ kind: biasPass, subject: { ...request, sets }, total, args: argsOf }, shared);
  let { evaluations } = pilot;
  let looks = 0;
  let passes = 0;
  const share = (): number => passes / plan.passes;
  const reportNow = function* (): Sliced<BiasReport> {
    const draws = Math.round((passes * plan.rows) / B);
    const seconds = (performance.now() - began) / 1000;
    const more: (number | null)[] = [];
    const parameters: ParameterBias[] = [];
    for (const [i, test] of tests.entries()) {
      yield share();
      const rows = test.verdict === "undecided" ? test.rowsToDecide(alpha, looks, tests.length) : 0;
      more.push(rows === null ? null : roundUp(rows / B));
      yield share();
      parameters.push(test.report(B, more[i]!));
    }
    const verdict = overall(tests.map((test) => test.verdict));
    const needed = more.reduce((most, next) => (most === null || next === null ? null : Math.max(most, next)), 0);
    return {
      method: "sampling",
      verdict,
      parameters,
      reference: exact
        ? "the exact gradient, all joint states enumerated"
        : `the mean of ${request.reference!.id} over the same noise`,
      margin,
      level: 1 - alpha,
      draws,
      evaluations,
      remaining: needed ? { draws: needed, minutes: (needed * seconds) / draws / 60 } : null,
      notes: [
        ...(B === 1 ? [] : [`each estimate is the mean of ${B} examples at the current parameters`]),
        ...tests.flatMap((test) => test.notes()),
        ...(verdict === "unbiased" ? [unseen(draws)] : []),
      ],
    };
  };
  try {
    for (;;) {
      for (let chunk = 0; chunk < plan.chunks; chunk++) {
        const parts = yield* partOf(stream.next(), share(), 0);
        evaluations += parts.evaluations;
        const [, m] = plan.examples(chunk);
        for (const [i, test] of tests.entries()) {
          yield share();
          addParts(test.difference, parts.difference[i], m, plan.replicates);
          yield share();
          addParts(test.reference, parts.reference?.[i], m, plan.replicates);
          addParts(test.own, parts.own?.[i], m, plan.replicates);
        }
      }
      passes++;
      const late = performance.now() - began > (request.limitMs ?? Infinity);
      const last = passes === plan.passes || late || tests.some((test) => !test.finite);
      if (isLook(passes) || last) {
        yield* lookAtAll(tests, alpha * shareOfLook(looks++), share);
        const enough = passes * plan.rows >= Math.min(request.minRows ?? MIN_ROWS, plan.passes * plan.rows);
        if (last || (enough && decided(tests, request.until ?? "every"))) return yield* reportNow();
        request.onLook?.(yield* reportNow());
      }
      yield share();
    }
  } finally {
    stream.close();
  }
}

/** To two significant digits: more would promise too much. */
function roundUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / unit) * unit;
}

/** Decides what can be decided. By Holm, each decision leaves the rest of the rate to fewer tensors. */
function* lookAtAll(tests: readonly TensorTest[], rate: number, share: () => number): Sliced<void> {
  for (let before = -1; ;) {
    const open = tests.filter(({ verdict }) => verdict === "undecided");
    if (open.length === 0 || open.length === before) return;
    before = open.length;
    for (const test of open) {
      yield share();
      test.look(rate / before);
    }
  }
}

function decided(tests: readonly TensorTest[], until: "every" | "whole"): boolean {
  const verdicts = tests.map(({ verdict }) => verdict);
  return !verdicts.includes("undecided") || (until === "whole" && verdicts.includes("biased"));
}

function addParts(vector: MeanVector | null, parts: RowParts | undefined, m: number, replicates: number): void {
  if (!vector || !parts) return;
  vector.addSums(parts.sums, replicates * m);
  if (parts.within) vector.addWithin(parts.within, m, replicates);
  if (parts.gram) vector.addGram(parts.gram, m, replicates);
}

/** What n draws that all missed an event leave open: a probability of 3/n, since (1 − 3/n)ⁿ < e⁻³ < 5 %. */
function unseen(draws: number): string {
  return `an event that happens less than once in ${Math.max(1, Math.floor(draws / 3))} draws may not have been met; a bias that it carries is not seen`;
}
