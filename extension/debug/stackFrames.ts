import { basename } from "node:path";
import { Source, StackFrame } from "@vscode/debugadapter";
import type { DebugBreakpoint } from "../../core/protocol/debug";
import type { ModelDescription } from "../../core/protocol/engine";
import type { SourceLocation } from "../../core/protocol/source";
import type { Localizer } from "./localizer";
import { stageTitles } from "./stageTitles";
import type { TermCursor } from "./termCursor";

/** Ids of the frames; the top one is a term of an estimate, or the parameter that a breakpoint stopped at. */
export const frameIds = { loop: 1, estimate: 2, top: 3 } as const;

/** Where the run stands: the training loop, and above it the estimate and its term, innermost first. */
export function stackFrames(
  model: ModelDescription | null,
  step: number,
  at: Pick<DebugBreakpoint, "kind" | "name"> | null,
  cursor: TermCursor | null,
  l10n: Localizer,
): StackFrame[] {
  const stack: StackFrame[] = [];
  const term = cursor?.current;
  if (cursor && term) {
    const title = stageTitles(l10n)[term.stage];
    stack.push(frame(frameIds.top, l10n.t("node {0}: {1}", term.node, title), term.source));
    const position = l10n.t("estimate, term {0} of {1}", cursor.number, cursor.count);
    stack.push(frame(frameIds.estimate, position, term.source));
  } else if (at?.kind === "parameter") {
    const source = model?.parameters.find(({ name }) => name === at.name)?.source;
    stack.push(frame(frameIds.top, l10n.t("parameter {0}", at.name), source));
  }
  const first = model?.graph.nodes.find(({ kind, source }) => kind === "stochastic" && source)?.source;
  return [...stack, frame(frameIds.loop, l10n.t("training step {0}", step), first)];
}

function frame(id: number, name: string, source: SourceLocation | undefined): StackFrame {
  if (!source) return new StackFrame(id, name);
  return new StackFrame(id, name, new Source(basename(source.file), source.file), source.line, source.column || 1);
}
