import { GradlensError } from "../errors";
import type { SurrogateContext } from "./estimator";

/** The number of samples S. @throws GL1334 when there is only one */
export function requireSamples(id: string, { node, credit }: Pick<SurrogateContext, "node" | "credit">): number {
  const S = credit.shape[0]!;
  if (S < 2) {
    throw new GradlensError(
      "GL1334",
      `estimator ${id} at node "${node}" needs at least 2 samples, got ${S}; set --samples 2 or more, or use lr-c or muprop-c`,
      { usage: true },
    );
  }
  return S;
}
