import type { NodeTerms } from "../../diagnostics/decomposeEstimate";
import type { Thing, Value } from "./expression";

const terms = ["sample", "mean", "logProb", "credit", "signal", "controlVariate"] as const;

/** A stochastic node in an expression: h.sample, h.mean, h.logits, …; unknown where the step sums all states. */
export function nodeThing(name: string, found: () => NodeTerms | null): Thing {
  const read = (key: string): Value | undefined => {
    const node = found();
    if (!node) return null;
    switch (key) {
      case "mean":
        return node.meanField;
      case "sample":
      case "logProb":
      case "credit":
      case "signal":
      case "controlVariate":
        return node[key];
      default:
        return node.parameters[key];
    }
  };
  return {
    text: `node ${name}`,
    get members() {
      return [...terms, ...Object.keys(found()?.parameters ?? {})];
    },
    member: read,
  };
}
