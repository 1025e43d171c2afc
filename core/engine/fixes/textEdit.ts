import type { TextEdit } from "../../protocol/lints";

/** A text after edits that do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((whole, { start, end, text: inserted }) => whole.slice(0, start) + inserted + whole.slice(end), text);
}
