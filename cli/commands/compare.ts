import { type Command, Option } from "commander";
import { tf } from "../../core/backends/tf";
import type { Verdict } from "../../core/diagnostics/bias";
import { countStates } from "../../core/diagnostics/enumerate";
import { exactGradient } from "../../core/diagnostics/exactGradient";
import { measureVariance } from "../../core/diagnostics/measureVariance";
import { guard, type Prepared } from "../../core/engine/prepare";
import { GradlensError } from "../../core/errors";
import { applicable } from "../../core/estimators/estimatorSpec";
import { estimateGradient } from "../../core/gradients/gradient";
import type { DataInputs } from "../../core/model/defineModel";
import { Noise } from "../../core/random/noise";
import { applyCheckpoint } from "../checkpoint";
import { countEvaluations } from "../countEvaluations";
import { formatNumber } from "../format";
import { isExact } from "../isExact";
import { measureBias } from "../measureBias";
import { type ModelOptions, withCheckpoint, withModelOptions } from "../modelOptions";
import { about, aboutLine, describedSamples, openModel } from "../openModel";
import { wholeNumber } from "../parseValue";
import type { Answering } from "../run";
import { splitList } from "../splitList";
import { table } from "../table";
import type { Terminal } from "../terminal";

interface CompareOptions extends ModelOptions {
  readonly estimators?: string;
  readonly draws: number;
  readonly biasDraws: number;
}

interface Comparison {
  readonly id: string;
  /** Monte Carlo variance of one estimate, all parameters together. */
  readonly variance: number | null;
  readonly verdict: Verdict;
  readonly secondsPerStep: number;
  readonly evaluationsPerStep: number;
  /** 1 / (variance × seconds per step): null without variance. */
  readonly efficiency: number | null;
}

const TIMED_STEPS = 5;
/** One row of a model without data costs little, and its variance needs more draws than that of a hundred examples. */
const DRAWS_WITHOUT_DATA = 1000;
/** Variance below this share of the squared gradient is what float32 leaves of none. */
const ROUNDING = 1e-10;

/** `gradlens compare MODEL`: estimators under the same noise, side by side. */
export function addCompare(program: Command, terminal: Terminal, answering: Answering): void {
  const command = withCheckpoint(
    withModelOptions(program.command("compare").description("estimators side by side: variance, bias, time")),
  )
    .option("--estimators <ids>", "those to compare, with commas (default: all that serve the model)")
    .addOption(
      new Option("--draws <n>", "estimates of every example's gradient, for the variance")
        .argParser(wholeNumber(2))
        .default(20),
    )
    .addOption(
      new Option("--bias-draws <n>", "estimates for the bias where it is sampled")
        .argParser(wholeNumber(20))
        .default(400),
    );
  answering(command, async (reference: string, options: CompareOptions) => {
    const model = await openModel(reference, options);
    const { prepared } = model;
    const step = applyCheckpoint(options.checkpoint, prepared);
    const data = prepared.batch(step);
    const texts = options.estimators === undefined ? serving(prepared) : splitList(options.estimators);
    if (texts.length === 0)
      throw new GradlensError("GL1642", "no estimator to compare; name some with --estimators ID,ID", { usage: true });
    const chosen = texts.map((text) => prepared.chooseEstimators(text));
    const skipped: string[] = [];
    const estimators: Comparison[] = [];
    for (const { text, specs, estimators: created } of chosen) {
      terminal.status(`${text} (${estimators.length + skipped.length + 1} of ${chosen.length})`);
      applyCheckpoint(options.checkpoint, prepared, created);
      try {
        estimators.push(guard(prepared.file, () => compareOne(prepared, text, specs, created, data, step, options)));
      } catch (error) {
        if (options.estimators !== undefined || !(error instanceof GradlensError)) throw error;
        skipped.push(`${text}: ${error.message}`);
      } finally {
        for (const estimator of created.values()) estimator.dispose();
      }
    }
    const samples = describedSamples(prepared, prepared.specs, options.samples);
    return {
      json: { ...about(model, samples), estimator: undefined, estimators, skipped },
      text: () =>
        [aboutLine(model, samples), "", report(estimators), ...skipped.map((line) => `skipped ${line}`)].join("\n"),
    };
  });
}

/** Ids that serve every node; enumeration only where there are few enough states. */
function serving({ structure, objective, numSamples }: Prepared): string[] {
  const enumerable = "states" in countStates(structure, numSamples);
  const [first = [], ...others] = [...structure.distributions.values()].map(({ id }) =>
    applicable(id, objective.id).map((estimator) => estimator.id),
  );
  return first.filter((id) => others.every((ids) => ids.includes(id)) && (id !== "enumeration" || enumerable));
}

function compareOne(
  prepared: Prepared,
  id: string,
  specs: Prepared["specs"],
  estimators: Prepared["estimators"],
  data: DataInputs,
  step: number,
  options: CompareOptions,
): Comparison {
  const { instance, structure, objective, batchSize, seed } = prepared;
  const numSamples = describedSamples(prepared, specs, options.samples);
  const hasData = prepared.dataset !== null;
  const request = { instance, structure, objective, data, batchSize, numSamples };
  const exact = isExact(specs);
  const bias = measureBias(
    prepared,
    { specs, estimators },
    { data, numSamples, step, method: "auto", draws: options.biasDraws, onProgress: () => undefined },
  );
  const draws = hasData ? options.draws : Math.max(DRAWS_WITHOUT_DATA, options.draws);
  const examples = hasData ? batchSize : 1;
  const measured =
    bias.method === "enumeration"
      ? bias.parameters.map(({ variance: elements }) => sum(elements))
      : measureVariance({ ...request, estimators, examples, hasData, draws, seed, step, elementsUpTo: 0 }).map(
          ({ monteCarlo }) => monteCarlo ?? NaN,
        );
  const total = sum(measured);
  if (!Number.isFinite(total)) {
    throw new GradlensError(
      "GL1643",
      `the gradient of ${id} is not finite at these parameters; gradlens gradient shows where`,
    );
  }
  const squaredMean = sum(bias.parameters.flatMap(({ mean }) => mean.map((value) => value * value)));
  const variance = total <= ROUNDING * squaredMean ? 0 : total;

  const counted = countEvaluations(instance, batchSize);
  const seconds: number[] = [];
  for (let i = 0; i <= TIMED_STEPS; i++) {
    const noise = new Noise({ seed, step: step + i, numSamples, numRows: batchSize, replicates: 1, firstReplicate: 0 });
    const began = performance.now();
    if (exact) exactGradient({ ...request, instance: counted.instance });
    else {
      const { gradients } = estimateGradient(counted.instance, {
        structure,
        objective,
        estimators,
        data,
        noise,
        training: false,
      });
      for (const gradient of gradients.values()) gradient.dataSync();
      tf.dispose([...gradients.values()]);
    }
    if (i > 0) seconds.push((performance.now() - began) / 1000);
  }
  const secondsPerStep = seconds.sort((a, b) => a - b)[Math.floor(TIMED_STEPS / 2)]!;
  const evaluationsPerStep = exact ? statesOf(prepared, numSamples) : counted.count() / (TIMED_STEPS + 1);
  return {
    id,
    variance,
    verdict: bias.verdict,
    secondsPerStep,
    evaluationsPerStep,
    efficiency: variance > 0 ? 1 / (variance * secondsPerStep) : null,
  };
}

function statesOf({ structure }: Prepared, numSamples: number): number {
  const count = countStates(structure, numSamples);
  return "states" in count ? count.states : NaN;
}

function report(estimators: readonly Comparison[]): string {
  const best = Math.max(...estimators.map(({ efficiency }) => efficiency ?? 0));
  return table(
    [
      { title: "estimator" },
      { title: "variance", align: "right" },
      { title: "bias" },
      { title: "ms a step", align: "right" },
      { title: "evaluations", align: "right" },
      { title: "efficiency (best = 1)", align: "right" },
    ],
    estimators.map(({ id, variance, verdict, secondsPerStep, evaluationsPerStep, efficiency }) => [
      id,
      formatNumber(variance),
      verdict,
      formatNumber(1000 * secondsPerStep),
      String(Number(evaluationsPerStep.toPrecision(3))),
      efficiency === null ? "no noise" : formatNumber(efficiency / best),
    ]),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
