import { type Command, Option } from "commander";
import { wholeNumber } from "./parseValue";

/** Options of every command that evaluates a model. */
export interface ModelOptions {
  readonly estimator?: string;
  readonly objective?: string;
  readonly samples?: number;
  readonly batch?: number;
  readonly seed?: number;
  readonly dataset?: string;
  readonly data?: string;
  readonly backend: string;
  readonly checkpoint?: string;
  readonly workers?: number;
}

/** Adds MODEL and the common options to a command. */
export function withModelOptions(command: Command, { optionalModel = false } = {}): Command {
  return command
    .argument(optionalModel ? "[model]" : "<model>", "model file, or FILE#EXPORT")
    .option("--estimator <id>", "gradient estimator, or NODE=ID,… ; options in parentheses")
    .option("--objective <id>", "what is minimised; see gradlens objectives")
    .addOption(new Option("--samples <k>", "samples of every example").argParser(wholeNumber(1)))
    .addOption(new Option("--batch <b>", "examples in a batch").argParser(wholeNumber(1)))
    .addOption(new Option("--seed <n>", "seed of parameters, noise and batches").argParser(wholeNumber(0)))
    .option("--dataset <id>", "data set instead of the model file's; see gradlens datasets")
    .option("--data <folder>", "folder of the data files (or GRADLENS_DATA)")
    .option("--backend <id>", "what computes; see gradlens backends", "auto");
}

/** Adds the option that takes parameters and baselines from a run. */
export function withCheckpoint(command: Command): Command {
  return command.option(
    "--checkpoint <folder>",
    "run folder (or .safetensors file) whose parameters and baselines to take",
  );
}

/** Adds the option that says how many engines share the work. */
export function withWorkersOption(command: Command): Command {
  return command.addOption(
    new Option(
      "--workers <n>",
      "engines that share long work, 0 for none beside this one; the numbers are the same (default: cores - 1)",
    ).argParser(wholeNumber(0)),
  );
}
