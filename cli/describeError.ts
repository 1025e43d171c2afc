import { CommanderError } from "commander";
import { GradlensError } from "../core/errors";

/** Exit codes of every command. */
export const exitCodes = { fine: 0, error: 1, usage: 2, biased: 10, undecided: 11, interrupted: 130 } as const;

/** One line for standard error, and the exit code. */
export function describeError(
  error: unknown,
  commandName: string,
): { readonly line: string; readonly exitCode: number } {
  if (error instanceof CommanderError)
    return { line: `error: ${fromCommander(error, commandName)}`, exitCode: exitCodes.usage };
  if (error instanceof GradlensError)
    return {
      line: `error: ${placeOf(error)}${oneLine(error.message)}`,
      exitCode: error.usage ? exitCodes.usage : exitCodes.error,
    };
  const message = error instanceof Error ? error.message : String(error);
  return {
    line: `error: a fault of Gradient Lens itself: ${oneLine(message)}; GRADLENS_DEBUG=1 shows where`,
    exitCode: exitCodes.error,
  };
}

/** Where in the model file, unless the sentence itself begins with it. */
function placeOf({ source, message }: GradlensError): string {
  if (!source || message.includes(`${source.file}:${source.line}`)) return "";
  return `${source.file}:${source.line}:${source.column}: `;
}

function fromCommander(error: CommanderError, commandName: string): string {
  if (error.code === "commander.help") return `expected a command; see ${commandName} --help`;
  const sentence = oneLine(error.message.replace(/^error: /, "")).replace(/\.$/, "");
  return `${sentence}; see ${commandName} --help`;
}

function oneLine(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}
