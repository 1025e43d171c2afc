import type { Lint } from "./lint";

/** Share of a node's units from which on they are worth a word. */
const SHARE = 0.1;

/** Saturated units. */
export const saturatedUnits: Lint = {
  id: "saturated-units",
  title: "Saturated units",
  explain:
    "A unit whose probability is above 0.999 for one state takes that state for every example: it carries nothing, its gradient is close to zero, and it hardly ever recovers. A smaller learning rate or smaller initial weights help.",
  severity: "warning",
  basis: "training",
  check: ({ activity }) =>
    [...activity].flatMap(([node, { units, saturatedUnits: count }]) => {
      if (count < Math.max(1, SHARE * units)) return [];
      return [
        {
          node,
          message: `${count} of ${units} units of node "${node}" had a probability above 0.999 in every sampled pass`,
        },
      ];
    }),
};
