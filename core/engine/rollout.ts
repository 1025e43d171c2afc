import type { RolloutRequest } from "../protocol/engine";
import type { RolloutRecord } from "../protocol/trunks";
import type { CheckSubject } from "./checkSubject";
import { modelInSlices, type SliceOptions } from "./inSlices";
import { measureRollout } from "./measureRollout";

/** Measures what a rollout would do at a target's parameters, beside what else the engine does. */
export function rollout(
  subject: CheckSubject,
  { draws }: Omit<RolloutRequest, "target">,
  options: SliceOptions,
): Promise<RolloutRecord> {
  return modelInSlices(subject.prepared.file, measureRollout(subject, draws), options);
}
