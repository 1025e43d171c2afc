import { type Command, Option } from "commander";
import { evaluateLikelihood } from "../../core/engine/evaluateLikelihood";
import { requireTestLikelihood } from "../../core/engine/requireTestLikelihood";
import { GradlensError } from "../../core/errors";
import { applyCheckpoint } from "../checkpoint";
import { formatNumber } from "../../core/format";
import { type ModelOptions, withCheckpoint, withModelOptions, withWorkersOption } from "../modelOptions";
import { about, aboutLine, openModel } from "../openModel";
import { wholeNumber } from "../parseValue";
import type { Answering } from "../run";
import type { Terminal } from "../terminal";
import { withWorkers } from "../withWorkers";

interface LikelihoodOptions extends ModelOptions {
  readonly examples?: number;
}

/** K when nothing is asked. */
const DEFAULT_SAMPLES = 1000;

/** `gradlens likelihood MODEL`: −log p(x) of the test set by importance sampling. */
export function addLikelihood(program: Command, terminal: Terminal, answering: Answering): void {
  const description = `-log p(x) of the test set by --samples importance samples (default ${DEFAULT_SAMPLES})`;
  const command = withWorkersOption(
    withCheckpoint(withModelOptions(program.command("likelihood").description(description))),
  ).addOption(new Option("--examples <n>", "first test examples only (default: all)").argParser(wholeNumber(1)));
  answering(command, async (reference: string, options: LikelihoodOptions) => {
    const { samples = DEFAULT_SAMPLES, ...others } = options;
    // The samples are the likelihood's: estimators and the objective keep the model's own.
    const model = await openModel(reference, others, terminal);
    const { prepared } = model;
    const { test } = requireTestLikelihood(prepared);
    const step = applyCheckpoint(options.checkpoint, prepared);
    const limit = Math.min(options.examples ?? test.size, test.size);
    let stopped = false;
    const listening = terminal.onInterrupt(() => (stopped = true));
    const record = await withWorkers(model, options, (workers) =>
      evaluateLikelihood(prepared, "test/log-likelihood", test, step, samples, limit, () => stopped, workers),
    );
    listening();
    if (!record) throw new GradlensError("GL1645", "the likelihood was interrupted before all examples were evaluated");
    const { value, standardError, examples, effectiveSamples } = record;
    if (!Number.isFinite(value))
      throw new GradlensError("GL1646", `the test likelihood is ${value}; the model gives an example no probability`);
    return {
      json: { ...about(model, samples), step, name: record.name, value, standardError, examples, effectiveSamples },
      text: () =>
        [
          aboutLine(model, samples),
          `-log p(x) ${value.toFixed(2)} ± ${formatNumber(1.96 * standardError)} nats (95 % over ${examples} test examples)`,
          `${samples} samples each, of which ${formatNumber(effectiveSamples)} count on average`,
        ].join("\n"),
    };
  });
}
