import type { Lint } from "./lint";

/** A correlation that changes a variance by a quarter of a percent, three standard errors of 4000 draws. */
const CORRELATION = 0.05;

/** A dead baseline. */
export const deadBaseline: Lint = {
  id: "dead-baseline",
  title: "A dead baseline",
  explain:
    "A baseline lowers the variance by being like the signal that it is taken from. This one has learnt something and yet has next to nothing in common with the signal: it costs time and changes nothing. A faster rate, other inputs, or none may do better.",
  severity: "information",
  basis: "training",
  check: ({ controlVariates, specs }) =>
    controlVariates.flatMap(({ node, estimator, correlation }) => {
      if (correlation === null || Math.abs(correlation) >= CORRELATION) return [];
      const { id } = specs.get(node)!.estimator;
      const plain = id.split("-c")[0]!;
      const message = `the baseline of ${estimator} at node "${node}" has a correlation of ${correlation.toFixed(3)} with the signal: it does nothing`;
      return [{ node, message, instead: plain === id ? [] : [plain] }];
    }),
};
