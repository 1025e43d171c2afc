import { basename } from "node:path";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { BreakpointText, DebugBreakpoint } from "../../core/protocol/debug";
import type { ModelDescription } from "../../core/protocol/engine";
import { declaredLines, placeBreakpoint } from "./breakpointLines";
import type { Localizer } from "./localizer";

export interface ResolvedBreakpoints {
  /** What the engine watches; null where the file is none of the debugged model's. */
  readonly kept: readonly DebugBreakpoint[] | null;
  /** An answer for every breakpoint, in their order: placed, or grey with the reason. */
  readonly answers: readonly DebugProtocol.Breakpoint[];
}

/**
 * Places a file's breakpoints on what the model declares there. One that cannot take hold says why and leaves the others alone.
 *
 * @param problemsOf the engine's word on conditions and log messages: what is wrong with each, null where nothing is
 */
export async function resolveBreakpoints(
  { model, file }: { readonly model: ModelDescription | null; readonly file: string },
  { source, breakpoints = [] }: DebugProtocol.SetBreakpointsArguments,
  nextId: () => number,
  problemsOf: (texts: readonly BreakpointText[]) => Promise<readonly (string | null)[]>,
  l10n: Localizer,
): Promise<ResolvedBreakpoints> {
  const path = source.path ?? "";
  const lines = model ? declaredLines(model, path) : [];
  const ours = path === file;
  const texts = breakpoints.map(({ condition, logMessage }) => ({
    ...(condition ? { condition } : {}),
    ...(logMessage ? { logMessage } : {}),
  }));
  const problems = texts.some((text) => Object.keys(text).length > 0) ? await problemsOf(texts) : [];
  const kept: DebugBreakpoint[] = [];
  const answers = breakpoints.map(({ line, hitCondition }, index): DebugProtocol.Breakpoint => {
    const id = nextId();
    const grey = (message: string): DebugProtocol.Breakpoint => ({ id, verified: false, line, message });
    if (!ours && lines.length === 0) return grey(l10n.t("Only {0} is being debugged.", basename(file)));
    const place = placeBreakpoint(lines, line, l10n);
    if ("reason" in place) return grey(place.reason);
    const hits = hitCondition ? Number(hitCondition.replace(/^\s*>=?\s*/, "")) : undefined;
    if (hits !== undefined && !(Number.isSafeInteger(hits) && hits > 0))
      return grey(l10n.t('The hit count needs a whole number above 0, got "{0}".', hitCondition ?? ""));
    const problem = problems[index];
    if (problem) return grey(`${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`);
    const { kind, name } = place.placed;
    kept.push({ id, kind, name, ...texts[index], ...(hits === undefined ? {} : { hits }) });
    return { id, verified: true, line: place.placed.line };
  });
  return { kept: ours || kept.length > 0 ? kept : null, answers };
}
