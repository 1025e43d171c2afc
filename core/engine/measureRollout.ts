import type { Sliced } from "../diagnostics/sliced";
import { varianceRatio } from "../diagnostics/varianceRatio";
import { applicable, specText } from "../estimators/estimatorSpec";
import type { RolloutRecord } from "../protocol/trunks";
import { aboutSubject } from "./checkBias";
import { type CheckSubject, disposeAll } from "./checkSubject";
import { describedSamples } from "./describedSamples";
import { median, timeEstimates } from "./timeEstimates";

/** Pairs of estimates behind a ratio unless more draws are asked for. */
const PAIRS = 200;
const LEVEL = 0.95;
/** The range of six independent ratios holds their median with probability 1 − 2/2⁶ = 0.97. */
const TURNS = 6;

/**
 * MuProp against MuProp with rollout at a target's parameters: variance under the same noise, seconds taken in turns. Discrete nodes, and
 * continuous ones that train with MuProp, take it; the others keep their own estimator, whose mean-field value the trunk passes on.
 */
export function* measureRollout(subject: CheckSubject, draws?: number): Sliced<RolloutRecord> {
  const { prepared, data, step } = subject;
  const { instance, structure, objective, batchSize, seed } = prepared;
  const began = performance.now();
  const about = (): ReturnType<typeof aboutSubject> => aboutSubject(subject, performance.now() - began);
  const texts = contenders(subject);
  if ("refusal" in texts) {
    const none = { secondsRatio: null, secondsInterval: null, evaluationsRatio: null, pays: null };
    return { ...about(), whole: null, parameters: [], level: LEVEL, draws: 0, ...none, refusal: texts.refusal };
  }
  const base = subject.choose(texts.muprop);
  const other = subject.choose(texts.rollout);
  try {
    const examples = prepared.dataset === null ? 1 : batchSize;
    const replicates = draws ?? Math.max(4, 2 * Math.ceil(PAIRS / examples));
    const numSamples = Math.max(...[base, other].map(({ specs }) => describedSamples(prepared, specs)));
    const request = { instance, structure, objective, data, batchSize, numSamples };
    const { parameters, whole } = yield* varianceRatio({
      ...{ ...request, seed, step, examples, draws: replicates },
      base: base.estimators,
      other: other.estimators,
    });
    const [plain, branching] = yield* timeEstimates(
      [base, other].map((chosen) => ({ ...chosen, numSamples })),
      request,
      { seed, step, turns: TURNS },
    );
    const ratios = branching!.turns.map((seconds, turn) => seconds / plain!.turns[turn]!);
    const secondsInterval = [Math.min(...ratios), Math.max(...ratios)] as const;
    return {
      ...about(),
      whole: named(whole),
      parameters: instance.parameters.map(({ name, shape }) => ({ name, shape, ...named(parameters.get(name)!) })),
      level: LEVEL,
      draws: examples * 2 * Math.ceil(replicates / 2),
      secondsRatio: median(ratios),
      secondsInterval,
      evaluationsRatio: branching!.evaluations / plain!.evaluations,
      pays: paying(whole.interval, secondsInterval),
      refusal: null,
    };
  } finally {
    disposeAll(base);
    disposeAll(other);
  }
}

function contenders({
  prepared,
  choose,
  driving,
}: CheckSubject): { readonly muprop: string; readonly rollout: string } | { readonly refusal: string } {
  const { structure, objective } = prepared;
  const own = choose(driving);
  disposeAll(own);
  const served = new Set(
    structure.nodes.filter((node) => {
      const { id, statesPerUnit } = structure.distributions.get(node)!;
      const serving = applicable(id, objective.id).map((estimator) => estimator.id);
      const fits = serving.includes("muprop") && serving.includes("muprop-rollout");
      return fits && (statesPerUnit !== null || own.specs.get(node)!.estimator.id.startsWith("muprop"));
    }),
  );
  if (served.size === 0) {
    const kinds = [...new Set([...structure.distributions.values()].map(({ id }) => id))].join(", ");
    return {
      refusal: `a rollout is a variant of MuProp, which serves Bernoulli and categorical nodes, and normal ones that train with it; this model has ${kinds || "no nodes"}`,
    };
  }
  const textOf = (estimator: string): string =>
    specText(new Map([...own.specs].map(([node, { text }]) => [node, { text: served.has(node) ? estimator : text }])));
  return { muprop: textOf("muprop"), rollout: textOf("muprop-rollout") };
}

function named({
  base,
  other,
  ratio,
  interval,
}: {
  readonly base: number;
  readonly other: number;
  readonly ratio: number | null;
  readonly interval: readonly [number, number] | null;
}): NonNullable<RolloutRecord["whole"]> {
  return { muprop: base, rollout: other, ratio, interval };
}

/** A rollout pays where variance times time falls. */
function paying(variance: readonly [number, number] | null, seconds: readonly [number, number]): boolean | null {
  if (!variance) return null;
  if (variance[1] * seconds[1] < 1) return true;
  return variance[0] * seconds[0] >= 1 ? false : null;
}
