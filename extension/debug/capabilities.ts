import type { DebugProtocol } from "@vscode/debugprotocol";
import { debugFilters } from "../../core/protocol/debug";

/** What the debugger can do beyond the protocol's core. */
export const capabilities: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  supportsCompletionsRequest: true,
  supportsExceptionInfoRequest: true,
  supportsTerminateRequest: true,
  exceptionBreakpointFilters: debugFilters.map(({ id, label, description }) => ({
    filter: id,
    label,
    description,
    default: id === "non-finite",
  })),
};
