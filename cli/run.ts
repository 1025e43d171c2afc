import { Command, CommanderError } from "commander";
import { addBackends } from "./commands/backends";
import { addBias } from "./commands/bias";
import { addCheck } from "./commands/check";
import { addCompare } from "./commands/compare";
import { addDatasets } from "./commands/datasets";
import { addDistributions } from "./commands/distributions";
import { addEstimators } from "./commands/estimators";
import { addGradient } from "./commands/gradient";
import { addGraph } from "./commands/graph";
import { addLikelihood } from "./commands/likelihood";
import { addLint } from "./commands/lint";
import { addObjectives } from "./commands/objectives";
import { addReport } from "./commands/report";
import { addReproduce } from "./commands/reproduce";
import { addSweep } from "./commands/sweep";
import { addTrain } from "./commands/train";
import { addTrunks } from "./commands/trunks";
import { addVariance } from "./commands/variance";
import { describeError, exitCodes } from "./describeError";
import type { Answer, Terminal } from "./terminal";
import { toJson } from "./toJson";

/** Adds a command whose action gives an answer; `--json` and printing are handled here. */
export type Answering = <A extends unknown[]>(command: Command, action: (...given: A) => Promise<Answer>) => void;

/** All commands, in the order of the help text. */
const additions: readonly ((program: Command, terminal: Terminal, answering: Answering) => void)[] = [
  addTrain,
  addGradient,
  addVariance,
  addBias,
  addCheck,
  addCompare,
  addSweep,
  addTrunks,
  addLikelihood,
  addLint,
  addGraph,
  addReport,
  addReproduce,
  addEstimators,
  addObjectives,
  addDistributions,
  addBackends,
  addDatasets,
];

/**
 * Runs one command line, without the program's own name.
 * @returns the exit code
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.fine;
  let help = "";
  const program = new Command("gradlens")
    .description("Variance and bias of gradient estimators of stochastic networks.")
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({ writeOut: (text) => void (help += text), writeErr: () => undefined });
  program.usage("<command> [options]");
  const answering: Answering = (command, action) => {
    command.option("--json", "one JSON object on standard output, nothing else there");
    command.action(async (...given: unknown[]) => {
      const answer = await action(...(given as Parameters<typeof action>));
      terminal.out(command.opts<{ json?: boolean }>().json ? toJson(answer.json) : answer.text());
      exitCode = answer.exitCode ?? exitCodes.fine;
    });
  };
  for (const add of additions) add(program, terminal, answering);
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      terminal.out(help.trimEnd());
      return exitCodes.fine;
    }
    const known = program.commands.find((command) => command.name() === args[0]);
    const { line, exitCode: code } = describeError(error, known ? `gradlens ${known.name()}` : "gradlens");
    if (process.env["GRADLENS_DEBUG"] === "1" && error instanceof Error) terminal.err(error.stack ?? "");
    terminal.err(line);
    return code;
  }
  return exitCode;
}
