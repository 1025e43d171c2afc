import type { SourceLocation } from "../protocol/source";

/** The column in a file's own text of a place in the text that runs, which has the same lines; both count from 1. */
export type ColumnOf = (line: number, column: number) => number;

/** Files whose calls count as the user's: the engine adds every model file it loads. */
const modelFiles = new Map<string, ColumnOf>();

/** Call sites in this file are recorded from now on. */
export function registerModelFile(file: string, columnOf: ColumnOf): void {
  modelFiles.set(file, columnOf);
}

/** Reading a stack takes longer than most operations of a step, so places are only looked up while this is above 0. */
let capturing = 0;

/** Runs `f` with call sites recorded: while a model is built and traced for its structure, not in every step. */
export function withCallSites<T>(f: () => T): T {
  capturing++;
  try {
    return f();
  } finally {
    capturing--;
  }
}

/** Where in a registered model file the running call was made; undefined when none is on the stack, or nobody asked. */
export function callSite(): SourceLocation | undefined {
  if (capturing === 0 || modelFiles.size === 0) return undefined;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 30;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = limit;
  return locate(stack);
}

/** The first frame of a stack that lies in a registered model file. */
export function locate(stack: string): SourceLocation | undefined {
  for (const match of stack.matchAll(/(?:\(|at )((?:file:\/\/)?[^()\n]+?):(\d+):(\d+)\)?$/gm)) {
    const file = match[1]!.replace(/^async /, "").replace(/^file:\/\//, "");
    const columnOf = modelFiles.get(file);
    const line = Number(match[2]);
    if (columnOf) return { file, line, column: columnOf(line, Number(match[3])) };
  }
  return undefined;
}
