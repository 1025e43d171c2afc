import type { DebugProtocol } from "@vscode/debugprotocol";
import type { DebugVariable } from "../../core/protocol/debug";

/** A value as the editor shows it. @param reference makes the number by which its children are asked for */
export function shownVariable(
  { value, type, path, indexed, expression }: DebugVariable,
  reference: (path: readonly string[]) => number,
): Omit<DebugProtocol.Variable, "name"> {
  return {
    value,
    variablesReference: path ? reference(path) : 0,
    ...(type === undefined ? {} : { type }),
    ...(indexed === undefined ? {} : { indexedVariables: indexed }),
    ...(expression === undefined ? {} : { evaluateName: expression }),
  };
}
