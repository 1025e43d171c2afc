import type { SweepKind } from "./sweepKind";
import { nodesWithOption, withOptions } from "./withOption";

/**
 * Temperature of relaxations: low is close to discrete and noisy, high is smooth and biased (Jang, Gu and Poole; Maddison, Mnih and Teh,
 * 2017). Annealing is held still, and a learned temperature gives way.
 */
export const temperature: SweepKind = {
  id: "temperature",
  title: "Temperature",
  summary: "bias² against variance of a relaxation, and the temperature of the lowest mean squared error",
  defaultValues: [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2.5],
  allowed: "numbers above 0",
  accepts: (value) => value > 0,
  refusal: (subject) =>
    nodesWithOption(subject, "temperature").length > 0
      ? null
      : "no node's estimator has a temperature; choose gumbel-softmax, st-gumbel-softmax or rebar",
  sweptNodes: (subject) => nodesWithOption(subject, "temperature"),
  at(value, subject) {
    const swept = nodesWithOption(subject, "temperature");
    const annealed = nodesWithOption(subject, "anneal").some(
      (node) => subject.specs.get(node)!.options["anneal"] !== 0,
    );
    return { estimator: withOptions(subject, swept, { temperature: value, ...(annealed ? { anneal: 0 } : {}) }) };
  },
  candidates: ["gumbel-softmax"],
  recommends: true,
};
