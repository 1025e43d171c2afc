import type { Lint } from "./lint";

/** A series that ends before its sum. */
export const truncatedSeries: Lint = {
  id: "truncated-series",
  title: "A series that ends before its sum",
  explain:
    "The generalized stochastic backpropagation series is unbiased when it is summed. With an order it stops at that derivative, and what is left out is bias unless the cost's higher derivatives are zero.",
  severity: "information",
  basis: "text",
  measuresBias: true,
  check: ({ specs }) =>
    [...specs].flatMap(([node, { estimator, options, text }]) => {
      if (estimator.id !== "gsb" || typeof options["order"] !== "number") return [];
      const message = `${text} at node "${node}" leaves out all derivatives of the cost of an order above ${options["order"]}, biased unless they are zero`;
      return [{ node, message, instead: ["gsb"] }];
    }),
};
