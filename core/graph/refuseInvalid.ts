import { GradlensError } from "../errors";
import type { SourceLocation } from "../protocol/snapshot";
import type { Trace } from "./trace";

/**
 * Refuses a trace in which a distribution's parameters make no distribution, or an observed value cannot have come from its own:
 * probabilities outside [0, 1], NaN logits, rows that are not one-hot. Reads tensors back, so it looks once, before any step.
 *
 * A Bernoulli's observed value may lie between 0 and 1: intensities are customary targets, and log p extends linearly.
 *
 * @throws GL1157 naming the node, what is allowed and the value found
 */
export function refuseInvalid(trace: Trace): void {
  for (const { name, distribution, source } of trace.nodes.values())
    refuse(`"${name}"`, distribution.id, distribution.problem(), source);
  for (const { kind, name, distribution, observed, source } of trace.terms) {
    if (!distribution) continue;
    const where = kind === "observe" ? `observe("${name}")` : `the model's sample("${name}")`;
    refuse(where, distribution.id, distribution.problem(), source);
    if (observed && distribution.id !== "bernoulli")
      refuse(where, distribution.id, distribution.valueProblem(observed), source);
  }
}

function refuse(where: string, id: string, problem: string | null, source: SourceLocation | undefined): void {
  if (problem === null) return;
  throw new GradlensError("GL1157", `at ${where}, ${id} ${problem}; mend the model there`, source ? { source } : {});
}
