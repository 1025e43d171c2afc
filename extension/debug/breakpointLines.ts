import type { DebugBreakpoint } from "../../core/protocol/debug";
import type { ModelDescription } from "../../core/protocol/engine";
import type { SourceLocation } from "../../core/protocol/source";
import type { Localizer } from "./localizer";

/** A line that declares a node or parameters. */
export interface DeclaredLine extends Pick<DebugBreakpoint, "kind" | "name"> {
  readonly line: number;
}

/** A call may be spread over so many lines; a breakpoint moves to its first. */
const REACH = 3;

/** The lines of a file at which a run can stop. Nodes go first where a line declares both. */
export function declaredLines(model: ModelDescription, file: string): readonly DeclaredLine[] {
  const of = (
    kind: DebugBreakpoint["kind"],
    name: string,
    source: SourceLocation | undefined,
  ): readonly DeclaredLine[] => (source?.file === file ? [{ kind, name, line: source.line }] : []);
  const nodes = model.graph.nodes.flatMap(({ kind, name, source }) =>
    kind === "stochastic" || kind === "observed" ? of("node", name, source) : [],
  );
  return [...nodes, ...model.parameters.flatMap(({ name, source }) => of("parameter", name, source))];
}

/** Where a breakpoint asked for at a line takes hold, or why it cannot. */
export function placeBreakpoint(
  lines: readonly DeclaredLine[],
  line: number,
  l10n: Localizer,
): { readonly placed: DeclaredLine } | { readonly reason: string } {
  const exact = lines.find((declared) => declared.line === line);
  if (exact) return { placed: exact };
  const near = [...lines]
    .filter((declared) => Math.abs(declared.line - line) <= REACH)
    .sort((a, b) => Math.abs(a.line - line) - Math.abs(b.line - line))[0];
  if (near) return { placed: near };
  const known = [...new Set(lines.map((declared) => declared.line))].sort((a, b) => a - b).join(", ");
  const reason =
    known === ""
      ? l10n.t("No sample, observe, parameter or dense stands here; this model has none in this file.")
      : l10n.t("No sample, observe, parameter or dense stands here; this model has them on lines {0}.", known);
  return { reason };
}
