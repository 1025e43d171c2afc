import { tf } from "../../core/backends/tf";
import { norm } from "../../core/diagnostics/biasByEnumeration";
import type { Verdict } from "../../core/diagnostics/bias";
import { enumerateEstimator } from "../../core/diagnostics/enumerateEstimator";
import { exactGradient } from "../../core/diagnostics/exactGradient";
import { sequentialBias } from "../../core/diagnostics/sequentialBias";
import { finish } from "../../core/diagnostics/sliced";
import type { NodeEstimator } from "../../core/estimators/estimator";
import { chooseEstimators, createNodeEstimators, parseEstimatorChoice } from "../../core/estimators/estimatorSpec";
import { ModelInstance } from "../../core/graph/instance";
import { analyse } from "../../core/graph/structure";
import { bernoulli, cost, defineModel, dense, parameter, sample } from "../../core/index";
import type { ModelDefinition } from "../../core/model/defineModel";
import { objective } from "../../core/objectives/registry";

/** A simulated check of one model whose relative bias is known in every tensor. */
export interface RateCase {
  readonly seed: number;
  /** Of the noise; the model's seed when left out. */
  readonly noiseSeed?: number;
  /** What is checked: an unbiased estimator's score term times 1 + effect, or an estimator with a bias of its own. */
  readonly estimator: string;
  readonly effect: number;
  readonly margin: number;
  readonly draws: number;
  readonly alpha: number;
  /** With the exact gradient known, or against draws of another estimator. */
  readonly reference: "exact" | "muprop" | "lr";
}

export interface RateOutcome {
  readonly verdict: Verdict;
  /** A tensor within the margin was called biased. */
  readonly falseBiased: boolean;
  /** A tensor beyond the margin was called unbiased. */
  readonly falseUnbiased: boolean;
  /** The interval of some tensor missed its relative bias. */
  readonly missed: boolean;
  readonly draws: number;
  /** Draws after which the whole verdict stood; null when it does not. */
  readonly decidedAt: number | null;
  /** The largest relative bias of a tensor. */
  readonly truth: number;
}

/** One or two layers of 1 to 6 Bernoulli units, and a cost that is neither linear nor separable; all by the seed. */
export function randomModel(seed: number): ModelDefinition {
  let state = (Math.imul(seed + 1, 2654435761) ^ 0x9e3779b9) >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  for (let i = 0; i < 8; i++) uniform();
  const between = (low: number, high: number): number => low + (high - low) * uniform();
  const many = (n: number, low: number, high: number): number[] => Array.from({ length: n }, () => between(low, high));
  const width = [1, 2, 3, 4, 6][Math.floor(uniform() * 5)]!;
  const layers = uniform() < 0.5 ? 1 : 2;
  const top = layers === 2 ? Math.min(3, width) : width;
  const logits = many(width, -1.2, 1.2);
  const weight = Array.from({ length: width }, () => many(top, -1, 1));
  const bias = many(top, -0.5, 0.5);
  const out = many(top, -0.8, 0.8);
  const [cubic, shift] = [between(0.2, 1), between(-0.5, 0.5)];
  return defineModel(`rates-${seed}`, () => {
    const theta = parameter("theta", logits);
    const up = layers === 2 ? dense("up", width, top, { weight, bias }) : null;
    return {
      program() {
        const first = sample("h", bernoulli({ logits: theta }));
        const last = up ? sample("k", bernoulli({ logits: up(first) })) : first;
        const y = tf.sum(tf.mul(last, out), -1);
        cost("f", tf.add(tf.exp(y), tf.mul(cubic, tf.pow(tf.sub(y, shift), 3))));
      },
    };
  });
}

/** The same estimator with its score term times a factor: its relative bias is factor − 1 in every parameter of these models. */
function scaled(inner: NodeEstimator, factor: number): NodeEstimator {
  return {
    entropyGradient: inner.entropyGradient,
    draw: (distribution, noise, forced) => inner.draw(distribution, noise, forced),
    surrogate(context) {
      const term = inner.surrogate(context);
      return term && tf.mul(term, factor);
    },
    update: () => undefined,
    state: () => ({}),
    restore: () => undefined,
    dispose: () => inner.dispose(),
  };
}

export function runCase(given: RateCase): RateOutcome {
  const instance = new ModelInstance(randomModel(given.seed), 1);
  const structure = analyse(instance, {});
  const expected = objective("expected-cost");
  const specsOf = (text: string): ReturnType<typeof chooseEstimators> =>
    chooseEstimators(structure.distributions, structure.asked, parseEstimatorChoice(text), null, expected.id);
  const request = { instance, structure, objective: expected, data: {}, batchSize: 1, numSamples: 1 };
  const made = createNodeEstimators(specsOf(given.estimator));
  const estimators = new Map([...made].map(([node, inner]) => [node, scaled(inner, 1 + given.effect)]));
  const others = given.reference === "exact" ? null : createNodeEstimators(specsOf(given.reference));
  try {
    const exact = exactGradient(request).gradients;
    const moments = enumerateEstimator(request, estimators, specsOf(given.estimator));
    const truth = new Map(
      [...exact].map(([name, values]) => [
        name,
        norm(values.map((value, e) => moments.get(name)!.mean[e]! - value)) / norm(values),
      ]),
    );
    const report = finish(
      sequentialBias({
        ...request,
        estimators,
        reference: others && { id: given.reference, estimators: others },
        exactReference: others === null,
        draws: given.draws,
        margin: given.margin,
        seed: given.noiseSeed ?? given.seed,
        step: 0,
        until: "whole",
        alpha: given.alpha,
      }),
    );
    // Float32 leaves effects of exactly the margin on either side.
    const tolerance = 1e-5;
    const wrong = (verdict: Verdict, isWrong: (bias: number) => boolean): boolean =>
      report.parameters.some((found) => found.verdict === verdict && isWrong(truth.get(found.name)!));
    return {
      verdict: report.verdict,
      falseBiased: wrong("biased", (bias) => bias <= given.margin - tolerance),
      falseUnbiased: wrong("unbiased", (bias) => bias >= given.margin + tolerance),
      missed: report.parameters.some(
        ({ name, interval }) =>
          interval && (truth.get(name)! < interval[0] - tolerance || truth.get(name)! > interval[1] + tolerance),
      ),
      draws: report.draws ?? 0,
      decidedAt: report.verdict === "undecided" ? null : (report.draws ?? 0),
      truth: Math.max(...truth.values()),
    };
  } finally {
    for (const estimator of [...made.values(), ...(others?.values() ?? [])]) estimator.dispose();
    instance.dispose();
  }
}

/** A run with checks beside it, one after the other: every check another model, as if its parameters had moved far. */
export interface WatchedRun extends Omit<RateCase, "alpha" | "seed"> {
  readonly first: number;
  readonly checks: number;
  /** The rate of wrong verdicts that check r = 0, 1, … is given. */
  readonly rateOf: (check: number) => number;
}

/** What came of the checks of a run, in their order. */
export function runWatched({ first, checks, rateOf, ...given }: WatchedRun): readonly RateOutcome[] {
  return Array.from({ length: checks }, (_, check) => runCase({ ...given, seed: first + check, alpha: rateOf(check) }));
}
