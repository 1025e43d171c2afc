import { type Command, Option } from "commander";
import { useBackend } from "../../core/backends/registry";
import { examplesFolder } from "../../core/engine/examplesFolder";
import { GradlensError } from "../../core/errors";
import { reproduction, reproductions } from "../../core/reproductions/registry";
import type { Budget, Reproduction } from "../../core/reproductions/reproduction";
import { type ReproductionAnswer, runReproduction } from "../../core/reproductions/runReproduction";
import { budgetText } from "../budgetText";
import { exitCodes } from "../describeError";
import { requireDataFolder } from "../openModel";
import { wholeNumber } from "../parseValue";
import { reproductionReport } from "../reproductionReport";
import { ReproductionProgress } from "../reproductionProgress";
import type { Answering } from "../run";
import { runStore } from "../runStore";
import { table } from "../table";
import type { Answer, Terminal } from "../terminal";

interface ReproduceOptions {
  readonly budget: "small" | "full";
  readonly runs?: number;
  readonly steps?: number;
  readonly epochs?: number;
  readonly examples?: number;
  readonly likelihood?: number;
  readonly draws?: number;
  readonly only: readonly string[];
  readonly results?: string;
  readonly seed: number;
  readonly dataset?: string;
  readonly data?: string;
  readonly backend: string;
}

/** `gradlens reproduce TABLE`: a paper's table or figure, measured beside published; without TABLE the list of them. */
export function addReproduce(program: Command, terminal: Terminal, answering: Answering): void {
  const command = program
    .command("reproduce")
    .description("a paper's table or figure, measured beside published; without TABLE the list")
    .argument("[table]", "id of a table, as the list has it")
    .addOption(
      new Option("--budget <name>", "small takes minutes, full is the paper's")
        .choices(["small", "full"])
        .default("small"),
    )
    .addOption(new Option("--runs <n>", "runs of every row, in place of the budget's").argParser(wholeNumber(1)))
    .addOption(new Option("--steps <n>", "steps of training").argParser(wholeNumber(1)).conflicts("epochs"))
    .addOption(new Option("--epochs <n>", "passes over the training set").argParser(wholeNumber(1)))
    .addOption(new Option("--examples <n>", "test examples to evaluate").argParser(wholeNumber(2)))
    .addOption(new Option("--likelihood <k>", "importance samples of the test likelihood").argParser(wholeNumber(1)))
    .addOption(new Option("--draws <n>", "estimates of a gradient for its variance").argParser(wholeNumber(2)))
    .addOption(
      new Option("--only <text>", 'only rows that hold this text, as in "estimator lr"; may be repeated')
        .argParser((text: string, before: readonly string[]) => [...before, text])
        .default([], "all"),
    )
    .option("--results <file>", "keep finished runs here, and take from here those that are there")
    .addOption(new Option("--seed <n>", "seed of the first run").argParser(wholeNumber(0)).default(0))
    .option("--dataset <id>", "data set instead of the paper's")
    .option("--data <folder>", "folder of the data files (or GRADLENS_DATA)")
    .option("--backend <id>", "what computes; see gradlens backends", "wasm")
    .addHelpText(
      "after",
      "\nCtrl-C ends it and prints what is finished; with --results the next call goes on from there.",
    );
  answering(command, async (id: string | undefined, options: ReproduceOptions) =>
    id === undefined ? list() : reproduce(reproduction(id), options, terminal),
  );
}

function list(): Answer {
  return {
    json: {
      reproductions: reproductions.map(({ id, aliases = [], paper, where, title, budgets, rows }) => ({
        ...{ id, aliases, paper, where, title, budgets, rows: rows.length, datasets: datasetsOf(rows) },
      })),
    },
    text: () =>
      table(
        [{ title: "table" }, { title: "seed" }, { title: "place" }, { title: "data" }, { title: "what" }],
        reproductions.map(({ id, paper, where, title, rows }) => [
          ...[id, `${paper.seed}, ${paper.year}`, where, datasetsOf(rows).join(", ") || "none", title],
        ]),
      ),
  };
}

async function reproduce(chosen: Reproduction, options: ReproduceOptions, terminal: Terminal): Promise<Answer> {
  requireDataFolder(options.data);
  const budget = budgetOf(chosen, options);
  const examples = examplesFolder();
  const backend = await useBackend(options.backend);
  const progress = new ReproductionProgress(terminal);
  let stopped = false;
  const listening = terminal.onInterrupt(() => (stopped = true));
  const answer = await runReproduction(chosen, {
    ...{ budget, examples, only: options.only, seed: options.seed, dataset: options.dataset, dataFolder: options.data },
    ...(options.results === undefined ? {} : { store: runStore(options.results) }),
    stopped: () => stopped,
    started: (rows) => terminal.err(`${chosen.id}: ${budgetText(budget, rows)}`),
    progress: (at) => progress.update(at),
  });
  listening();
  const { finishedRuns, failures, allRuns } = answer;
  const ended = finishedRuns + failures.length === allRuns;
  return {
    json: summary(chosen, answer, budget, options, backend.id),
    text: () => reproductionReport(chosen, answer, budget, { ...options, backend: backend.id }),
    exitCode: !ended ? exitCodes.interrupted : failures.length > 0 ? exitCodes.error : exitCodes.fine,
  };
}

/** The named budget with what the command line says over it. */
function budgetOf({ id, budgets, rows }: Reproduction, options: ReproduceOptions): Budget {
  const { steps: defaultSteps, epochs: defaultEpochs, ...rest } = budgets[options.budget];
  const { runs, steps, epochs, examples, likelihood, draws } = options;
  const trains = defaultSteps !== undefined || defaultEpochs !== undefined;
  if (!trains && (steps ?? epochs) !== undefined)
    throw new GradlensError("GL1657", `${id} trains nothing, so --steps and --epochs say nothing; leave them out`, {
      usage: true,
    });
  if (epochs !== undefined && rows.some(({ dataset }) => dataset === null))
    throw new GradlensError("GL1651", `${id} reads no data set, so it has no epochs; use --steps`, { usage: true });
  const asked = steps !== undefined ? { steps } : epochs !== undefined ? { epochs } : null;
  const length = {
    ...(defaultSteps === undefined ? {} : { steps: defaultSteps }),
    ...(defaultEpochs === undefined ? {} : { epochs: defaultEpochs }),
  };
  return {
    ...rest,
    ...(asked ?? length),
    ...(runs === undefined ? {} : { runs }),
    ...(examples === undefined ? {} : { examples }),
    ...(likelihood === undefined ? {} : { likelihoodSamples: likelihood }),
    ...(draws === undefined ? {} : { draws }),
  };
}

function summary(
  { id, paper, where, title, setting, paperBudget, quantities, notes }: Reproduction,
  { results, failures, claims, order, finishedRuns, allRuns, seconds }: ReproductionAnswer,
  budget: Budget,
  { budget: name, seed, dataset }: ReproduceOptions,
  backend: string,
): Readonly<Record<string, unknown>> {
  return {
    table: id,
    paper: { ...paper, where },
    title,
    setting,
    budget: { name, ...budget, text: budgetText(budget), paper: paperBudget },
    backend,
    seed,
    dataset: dataset ?? null,
    quantities,
    rows: results.entries.map((entry) => ({
      ...entry,
      difference: entry.published && entry.measured ? entry.measured.value - entry.published.value : null,
    })),
    failures,
    claims,
    order,
    notes,
    complete: finishedRuns === allRuns,
    finishedRuns,
    allRuns,
    seconds,
  };
}

/** Data sets that rows read from files or have built in. */
function datasetsOf(rows: Reproduction["rows"]): string[] {
  return [...new Set(rows.flatMap(({ dataset }) => (dataset === null ? [] : [dataset])))];
}
