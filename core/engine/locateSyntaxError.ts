import { parseModelText } from "./parseModelText";

export interface SyntaxErrorPlace {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/**
 * Where a model file's text breaks the grammar; null when it does not. The transformer that strips types reports errors inside a
 * function's body at the function's head, so the place comes from a full parser, which runs only then.
 */
export function locateSyntaxError(text: string, isTypeScript: boolean): SyntaxErrorPlace | null {
  try {
    parseModelText(text, isTypeScript);
    return null;
  } catch (error) {
    const { loc, message } = error as {
      readonly loc?: { readonly line: number; readonly column: number };
      readonly message: string;
    };
    if (!loc) throw error;
    return {
      line: loc.line,
      column: loc.column + 1,
      reason: message
        .split("\n")[0]!
        .replace(/\s*\(\d+:\d+\)\.?$/, "")
        .replace(/\.$/, ""),
    };
  }
}
