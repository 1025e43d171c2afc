import type { Lint } from "./lint";

/** Share of the largest entropy below which little is left. */
const SHARE = 0.01;

/** Collapsed entropy. */
export const collapsedEntropy: Lint = {
  id: "collapsed-entropy",
  title: "Collapsed entropy",
  explain:
    "The node's distribution has almost no entropy left: it is a function rather than a distribution, its samples hardly differ, and score functions get their gradient from events that almost never happen.",
  severity: "warning",
  basis: "training",
  check: ({ activity }) =>
    [...activity].flatMap(([node, { entropyShare }]) => {
      if (entropyShare >= SHARE) return [];
      const percent = (100 * entropyShare).toPrecision(2);
      return [
        {
          node,
          message: `the mean entropy of node "${node}" is ${percent} % of the largest possible: its samples hardly differ`,
        },
      ];
    }),
};
