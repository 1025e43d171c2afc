import type { SweepKind, SweepSubject } from "./sweepKind";
import { nodesWithOption, withOptions } from "./withOption";

const swept = (subject: SweepSubject): string[] =>
  nodesWithOption(subject, "order").filter((node) => subject.specs.get(node)!.estimator.id === "gsb");

/** Order that the series of generalized stochastic backpropagation is cut off at: its error against N (seed 3, section 3). */
export const order: SweepKind = {
  id: "order",
  title: "Truncation order",
  summary: "error of the series of gsb against the order it is cut off at",
  defaultValues: [1, 2, 3, 4, 5, 6],
  allowed: "whole numbers from 1 to 8",
  accepts: (value) => Number.isInteger(value) && value >= 1 && value <= 8,
  refusal: (subject) =>
    swept(subject).length > 0 ? null : "no node's estimator is gsb; choose it with --estimator gsb",
  sweptNodes: swept,
  at: (value, subject) => ({ estimator: withOptions(subject, swept(subject), { order: value }) }),
  candidates: ["gsb"],
  // Tractable cases are summed in full only without an order.
  beside: (subject) => ({
    estimator: withOptions(subject, swept(subject), { order: "auto" }),
    words: "without an order",
  }),
  recommends: true,
};
