import type { CheckSubject } from "../../core/protocol/bias";
import { formatCount, formatNumber } from "../format";
import { text } from "../text";

/** What a check was about: `one-bit, initial parameters, 1.2 s`. */
export function subjectText({ model, at, step, elapsedMs }: CheckSubject): string {
  const where =
    at === "initial"
      ? text("initial parameters")
      : at === "checkpoint"
        ? text("checkpoint of step {0}", formatCount(step))
        : text("step {0}", formatCount(step));
  return text("{0}, {1}, took {2}", model, where, formatNumber(elapsedMs / 1000, "s"));
}
