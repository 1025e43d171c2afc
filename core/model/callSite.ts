import type { SourceLocation } from "../protocol/snapshot";

/** Files whose calls count as the user's: the engine adds every model file it loads. */
const modelFiles = new Set<string>();

/** Call sites in this file are recorded from now on. */
export function registerModelFile(file: string): void {
  modelFiles.add(file);
}

/** Where in a registered model file the running call was made; undefined when none is on the stack. */
export function callSite(): SourceLocation | undefined {
  if (modelFiles.size === 0) return undefined;
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
    if (modelFiles.has(file)) return { file, line: Number(match[2]), column: Number(match[3]) };
  }
  return undefined;
}
