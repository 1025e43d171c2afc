import { type Command, Option } from "commander";
import { compareOne, type Comparison, servingEstimators } from "../../core/engine/compareEstimators";
import { settle } from "../../core/diagnostics/sliced";
import { describedSamples } from "../../core/engine/describedSamples";
import { guardAsync } from "../../core/engine/prepare";
import { GradlensError } from "../../core/errors";
import { applyCheckpoint } from "../checkpoint";
import { formatNumber } from "../../core/format";
import { type ModelOptions, withCheckpoint, withModelOptions, withWorkersOption } from "../modelOptions";
import { about, aboutLine, openModel } from "../openModel";
import { wholeNumber } from "../parseValue";
import type { Answering } from "../run";
import { splitList } from "../splitList";
import { table } from "../table";
import type { Terminal } from "../terminal";
import { withWorkers } from "../withWorkers";

interface CompareOptions extends ModelOptions {
  readonly estimators?: string;
  readonly draws: number;
  readonly biasDraws: number;
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
    const texts = options.estimators === undefined ? servingEstimators(prepared) : splitList(options.estimators);
    if (texts.length === 0)
      throw new GradlensError("GL1642", "no estimator to compare; name some with --estimators ID,ID", { usage: true });
    const { draws, biasDraws, samples: asked } = options;
    const chosen = texts.map((text) => prepared.chooseEstimators(text));
    const skipped: string[] = [];
    const estimators: Comparison[] = [];
    await withWorkers(model, options, async (workers) => {
      const request = { data, step, hasData: prepared.dataset !== null, draws, biasDraws, samples: asked, workers };
      for (const { text, specs, estimators: created } of chosen) {
        terminal.status(`${text} (${estimators.length + skipped.length + 1} of ${chosen.length})`);
        applyCheckpoint(options.checkpoint, prepared, created);
        const work = compareOne(prepared, text, { specs, estimators: created }, request);
        try {
          estimators.push(await guardAsync(prepared.file, () => settle(work)));
        } catch (error) {
          if (options.estimators !== undefined || !(error instanceof GradlensError)) throw error;
          skipped.push(`${text}: ${error.message}`);
        } finally {
          for (const estimator of created.values()) estimator.dispose();
        }
      }
    });
    const samples = describedSamples(prepared, prepared.specs, options.samples);
    return {
      json: { ...about(model, samples), estimator: undefined, estimators, skipped },
      text: () =>
        [aboutLine(model, samples), "", report(estimators), ...skipped.map((line) => `skipped ${line}`)].join("\n"),
    };
  });
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
