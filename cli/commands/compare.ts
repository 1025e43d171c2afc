import { type Command, Option } from "commander";
import { aboutSubject } from "../../core/engine/checkBias";
import { disposeAll } from "../../core/engine/checkSubject";
import { comparisonDefaults } from "../../core/engine/compare";
import { compareEstimators, servingEstimators } from "../../core/engine/compareEstimators";
import { settle } from "../../core/diagnostics/sliced";
import { describedSamples } from "../../core/engine/describedSamples";
import { asModelError } from "../../core/engine/modelLoader";
import { guardAsync } from "../../core/engine/prepare";
import { GradlensError } from "../../core/errors";
import type { ComparedEstimator } from "../../core/protocol/comparison";
import { applyCheckpoint } from "../checkpoint";
import { formatNumber } from "../../core/format";
import { keepInRun, looked } from "../keepInRun";
import { type ModelOptions, withCheckpoint, withModelOptions, withWorkersOption } from "../modelOptions";
import { about, aboutLine, openModel } from "../openModel";
import { wholeNumber } from "../parseValue";
import type { Answering } from "../run";
import { splitList } from "../splitList";
import { table } from "../table";
import { tellUnrefined } from "../tellUnrefined";
import type { Terminal } from "../terminal";
import { withWorkers } from "../withWorkers";

interface CompareOptions extends ModelOptions {
  readonly estimators?: string;
  readonly draws: number;
  readonly biasDraws: number;
  readonly warmUp: number;
}

/** `gradlens compare MODEL`: estimators under the same noise, side by side. */
export function addCompare(program: Command, terminal: Terminal, answering: Answering): void {
  const description = "estimators side by side: variance, bias, time";
  const command = withWorkersOption(
    withCheckpoint(withModelOptions(program.command("compare").description(description))),
  )
    .option("--estimators <ids>", "those to compare, with commas (default: all that serve the model)")
    .addOption(
      new Option("--draws <n>", "estimates of every example's gradient, for the variance")
        .argParser(wholeNumber(2))
        .default(comparisonDefaults.draws),
    )
    .addOption(
      new Option("--bias-draws <n>", "estimates for the bias where it is sampled")
        .argParser(wholeNumber(20))
        .default(comparisonDefaults.biasDraws),
    )
    .addOption(
      new Option(
        "--warm-up <n>",
        "training steps for which baselines and control variates learn first, parameters as they are",
      )
        .argParser(wholeNumber(0))
        .default(comparisonDefaults.warmUp),
    );
  answering(command, async (reference: string, options: CompareOptions) => {
    const model = await openModel(reference, options, terminal);
    const { prepared } = model;
    tellUnrefined(prepared, terminal);
    const step = applyCheckpoint(options.checkpoint, prepared);
    const data = prepared.batch(step);
    const texts = options.estimators === undefined ? servingEstimators(prepared) : splitList(options.estimators);
    if (texts.length === 0)
      throw new GradlensError("GL1642", "no estimator to compare; name some with --estimators ID,ID", { usage: true });
    const { draws, biasDraws, warmUp, samples: asked } = options;
    const chosen = texts.map((text) => prepared.chooseEstimators(text));
    for (const { estimators: created } of chosen) applyCheckpoint(options.checkpoint, prepared, created);
    const skipped: string[] = [];
    const began = performance.now();
    let begun = 0;
    const estimators = await withWorkers(model, options, (workers) => {
      const work = compareEstimators(prepared, chosen, {
        ...{ data, step, hasData: prepared.dataset !== null, draws, biasDraws, warmUp, samples: asked, workers },
        onEstimator: (id) => terminal.status(`${id} (${++begun} of ${chosen.length})`),
        onFailure(id, thrown) {
          const error = asModelError(thrown, prepared.file);
          if (options.estimators !== undefined || !(thrown instanceof GradlensError)) throw error;
          skipped.push(`${id}: ${error.message}`);
        },
      });
      return guardAsync(prepared.file, () => settle(work));
    });
    chosen.forEach(disposeAll);
    const subject = aboutSubject(looked(model, options, step), performance.now() - began);
    keepInRun({ comparison: { ...subject, warmUp, estimators, skipped } }, model, options, step, terminal);
    const samples = describedSamples(prepared, prepared.specs, options.samples);
    return {
      json: { ...about(model, samples), estimator: undefined, warmUp, estimators, skipped },
      text: () =>
        [aboutLine(model, samples), "", report(estimators, warmUp), ...skipped.map((line) => `skipped ${line}`)].join(
          "\n",
        ),
    };
  });
}

function report(estimators: readonly ComparedEstimator[], warmUp: number): string {
  const most = (of: (entry: ComparedEstimator) => number | null): number =>
    Math.max(...estimators.map((entry) => of(entry) ?? 0));
  const best = most(({ efficiency }) => efficiency);
  const bestByEvaluations = most(({ efficiencyByEvaluations }) => efficiencyByEvaluations);
  const rows = estimators.map((entry) => {
    const { variance, interval, efficiency, efficiencyInterval, efficiencyByEvaluations } = entry;
    return [
      entry.id,
      formatNumber(variance),
      rangeText(interval),
      entry.verdict,
      formatNumber(1000 * entry.secondsPerStep),
      formatNumber(1000 * entry.medianSecondsPerStep),
      String(Number(entry.evaluationsPerStep.toPrecision(3))),
      efficiency === null ? "no noise" : formatNumber(efficiency / best),
      rangeText(efficiencyInterval?.map((end) => end / best) ?? null),
      efficiencyByEvaluations === null ? "no noise" : formatNumber(efficiencyByEvaluations / bestByEvaluations),
    ];
  });
  const numbers = [
    ...["ms a step", "median", "evaluations", "efficiency (best = 1)", "95 % interval", "by evaluations (best = 1)"],
  ].map((title) => ({ title, align: "right" as const }));
  return [
    table(
      [
        { title: "estimator" },
        { title: "variance", align: "right" },
        { title: "95 % interval", align: "right" },
        { title: "bias" },
        ...numbers,
      ],
      rows,
    ),
    "",
    "Efficiency: 1 / (variance × least time of a step, taken in turns); by evaluations: 1 / (variance × evaluations).",
    ...(warmUp > 0 ? [`Control variates learned for ${warmUp} steps first, the parameters standing still.`] : []),
  ].join("\n");
}

function rangeText(interval: readonly number[] | null): string {
  return interval ? `${formatNumber(interval[0]!)} to ${formatNumber(interval[1]!)}` : "unknown";
}
