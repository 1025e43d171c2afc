import type { RolloutRequest } from "../protocol/engine";
import type { RolloutRecord } from "../protocol/snapshot";
import type { CheckSubject } from "./checkSubject";
import { inSlices, type SliceOptions } from "./inSlices";
import { measureRollout } from "./measureRollout";
import { asModelError } from "./modelLoader";

/** Measures what a rollout would do at a target's parameters, beside what else the engine does. */
export function rollout(
  subject: CheckSubject,
  { draws }: Omit<RolloutRequest, "target">,
  options: SliceOptions,
): Promise<RolloutRecord> {
  return inSlices(measureRollout(subject, draws), options).catch((error: unknown) => {
    throw options.signal.aborted ? error : asModelError(error, subject.prepared.file);
  });
}
