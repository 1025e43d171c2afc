import { GradlensError } from "../errors";
import type { ScheduleOptions } from "../model/defineModel";
import { unknownName } from "../unknownName";

/**
 * The factor on the learning rate at a step, counted from 0. `cosine` and `linear` fall from 1 to `factor` (default 0) over `steps`,
 * `step` multiplies by `factor` (default 0.1) every `steps`; all rise linearly over the first `warmup` steps.
 */
export function scheduleFactor(options: ScheduleOptions | undefined, step: number, totalSteps: number | null): number {
  if (!options) return 1;
  const { id, warmup = 0 } = options;
  const steps = options.steps ?? totalSteps;
  const rise = warmup > 0 ? Math.min(1, (step + 1) / warmup) : 1;
  if (id === "constant") return rise;
  if (steps === null || !(steps > 0))
    throw new GradlensError(
      "GL1323",
      `schedule ${id} needs a positive number of steps, got ${steps ?? "none"}; set steps`,
    );
  const progress = Math.min(1, step / steps);
  switch (id) {
    case "cosine": {
      const end = options.factor ?? 0;
      return rise * (end + ((1 - end) * (1 + Math.cos(Math.PI * progress))) / 2);
    }
    case "linear":
      return rise * (1 + ((options.factor ?? 0) - 1) * progress);
    case "step":
      return rise * (options.factor ?? 0.1) ** Math.floor(step / steps);
    default:
      throw unknownName("GL1324", "schedule", String(id), ["constant", "cosine", "linear", "step"], false);
  }
}
