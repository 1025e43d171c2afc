import type { Prepared } from "../core/engine/prepare";
import { unrefinedNotes } from "../core/training/unrefined";
import type { Terminal } from "./terminal";

/** Says on standard error where the numbers are not about the gradient that training takes. */
export function tellUnrefined({ definition }: Prepared, terminal: Terminal): void {
  for (const note of unrefinedNotes(definition)) terminal.err(`note: ${note}`);
}
