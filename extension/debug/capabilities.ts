import type { DebugProtocol } from "@vscode/debugprotocol";
import { debugFilters } from "../../core/protocol/debug";
import { filterTexts } from "./filterTexts";
import type { Localizer } from "./localizer";

/** What the debugger can do beyond the protocol's core. */
export function capabilities(l10n: Localizer): DebugProtocol.Capabilities {
  const texts = filterTexts(l10n);
  return {
    supportsConfigurationDoneRequest: true,
    supportsConditionalBreakpoints: true,
    supportsHitConditionalBreakpoints: true,
    supportsLogPoints: true,
    supportsEvaluateForHovers: true,
    supportsCompletionsRequest: true,
    supportsExceptionInfoRequest: true,
    supportsTerminateRequest: true,
    exceptionBreakpointFilters: debugFilters.map((filter) => ({
      filter,
      ...texts[filter],
      default: filter === "non-finite",
    })),
  };
}
