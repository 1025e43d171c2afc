import type { PathScore } from "../../core/protocol/variance";
import { formatInterval, formatNumber } from "../format";
import { text } from "../text";

export type StickingEffect = "lowers" | "raises" | "unknown";

/** What is told of the path's variance beside the total derivative's: an interval on one side of 1. */
export function stickingEffect({ pathToTotalInterval }: Pick<PathScore, "pathToTotalInterval">): StickingEffect {
  if (pathToTotalInterval && pathToTotalInterval[0] > 1) return "raises";
  return pathToTotalInterval && pathToTotalInterval[1] < 1 ? "lowers" : "unknown";
}

/** What to do, from all parameters together. */
export function adviceSentence(parts: readonly PathScore[], estimator: string): string {
  const count = (effect: StickingEffect): number => parts.filter((part) => stickingEffect(part) === effect).length;
  const [lower, higher] = [count("lowers"), count("raises")];
  const sticks = estimator.includes("sticking-the-landing") || estimator.includes("dreg");
  if (lower === 0 && higher === 0)
    return text("Whether sticking the landing pays is not told yet: its variance is not told from pathwise's.");
  if (higher === 0)
    return sticks
      ? text(
          "Stay with {0}: pathwise would have more variance at {1} of {2} parameters.",
          estimator,
          lower,
          parts.length,
        )
      : text("Try sticking-the-landing: it would lower the variance of {0} of {1} parameters.", lower, parts.length);
  if (lower === 0)
    return sticks
      ? text("Try pathwise: it would lower the variance of {0} of {1} parameters.", higher, parts.length)
      : text(
          "Stay with {0}: sticking-the-landing would raise the variance of {1} of {2} parameters.",
          estimator,
          higher,
          parts.length,
        );
  return text(
    "It depends: sticking-the-landing would lower the variance of {0} parameters and raise that of {1}.",
    lower,
    higher,
  );
}

/** What holds for one parameter. */
export function partSentence(part: PathScore): string {
  const ratio = text("Sticking the landing has {0} times the variance of pathwise", formatNumber(part.pathToTotal));
  return `${ratio}, ${formatInterval(part.pathToTotalInterval, part.level)}.`;
}
