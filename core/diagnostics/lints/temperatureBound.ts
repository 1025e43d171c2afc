import type { Lint } from "./lint";

/** A learned temperature at its bound. */
export const temperatureBound: Lint = {
  id: "temperature-bound",
  title: "A learned temperature at its bound",
  explain:
    "A learned temperature follows the relaxed model's loss, which need not have its least value between the bounds. At a bound nothing is learned any more: the temperature is that number. At the minimum the gradient is noisy, at the maximum its bias is large; a sweep over temperatures shows both.",
  severity: "information",
  basis: "training",
  check: ({ specs, estimators }) =>
    [...estimators].flatMap(([node, estimator]) =>
      (estimator.settings?.() ?? []).flatMap(({ name, value, bound }) => {
        if (bound === undefined) return [];
        const number = Number(value.toPrecision(3));
        const message = `the learned ${name} of ${specs.get(node)!.text} at node "${node}" has come to its ${bound}, ${number}`;
        return [{ node, message }];
      }),
    ),
};
