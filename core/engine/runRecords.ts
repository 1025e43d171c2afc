import type { BiasRecord } from "../protocol/bias";
import type { EvaluationRecord, RunSnapshot } from "../protocol/snapshot";
import type { ParameterVariance, PathScore, VarianceRecord } from "../protocol/variance";
import type { ChecksBefore } from "./biasWatch";
import { checkedBias } from "../diagnostics/checkedBias";
import type { RunEvent } from "./runFolder";

export type RunRecords = Pick<RunSnapshot, "loss" | "evaluations" | "variance" | "changes">;

/**
 * Where a run was resumed from a checkpoint before its last logged step, what the earlier start logged beyond that checkpoint is left
 * out: those steps were taken again.
 */
export function keptEvents(events: readonly RunEvent[]): readonly RunEvent[] {
  let kept: RunEvent[] = [];
  for (const event of events) {
    // Not from the end only: a check is logged at the step that it looked at, after later ones.
    if (event.type === "start") kept = kept.filter(({ step }) => step <= event.step);
    kept.push(event);
  }
  return kept;
}

/** What checks of bias beside training an earlier start of a run made, those after `step` left out: they were of steps taken again. */
export function checksBefore(events: readonly RunEvent[], step: number): ChecksBefore {
  const kept = keptEvents(events).filter((event) => event.type === "biasCheck" && event.step <= step);
  return {
    // All of them: what was told of steps that were taken again used its part of the rate, too.
    begun: events.filter(({ type }) => type === "biasCheckBegun").length,
    checks: kept.map(({ type: _, ...record }) => checkedBias(record as unknown as BiasRecord)),
  };
}

/**
 * What a run's event log says of the steps up to `step`.
 *
 * @param shapes of the model's parameters by name, which the log does not repeat
 */
export function runRecords(
  events: readonly RunEvent[],
  step: number,
  shapes: ReadonlyMap<string, readonly number[]>,
): RunRecords {
  const upTo = keptEvents(events).filter((event) => event.step <= step);
  const of = (type: string): readonly RunEvent[] => upTo.filter((event) => event.type === type);
  return {
    loss: of("loss").map((event) => [event.step, event["value"] as number] as const),
    evaluations: of("evaluation").map(({ type: _, ...record }) => record as unknown as EvaluationRecord),
    variance: of("variance").map((event): VarianceRecord => {
      const shaped = <T extends { readonly name: string }>(entry: T): T & { readonly shape: readonly number[] } => ({
        ...entry,
        shape: shapes.get(entry.name) ?? [],
      });
      const pathScore = event["pathScore"] as readonly Omit<PathScore, "shape">[] | undefined;
      return {
        step: event.step,
        elapsedMs: event["elapsedMs"] as number,
        ...(event["driftSince"] === undefined ? {} : { driftSince: event["driftSince"] as number }),
        parameters: (event["parameters"] as readonly Omit<ParameterVariance, "shape">[]).map(shaped),
        ...(pathScore ? { pathScore: pathScore.map(shaped) } : {}),
      };
    }),
    changes: of("estimator").map((event) => ({ step: event.step, estimator: event["estimator"] as string })),
  };
}
