import type { Dataset } from "../data/dataset";
import { GradlensError } from "../errors";
import { requireLikelihood } from "../training/testLikelihood";
import type { Prepared } from "./prepare";

/**
 * The data set whose test examples have a likelihood under the model.
 *
 * @throws GL1326 and GL1635 where there is none
 */
export function requireTestLikelihood({ definition, objective, dataset }: Prepared): Dataset {
  requireLikelihood(objective);
  if (dataset) return dataset;
  throw new GradlensError(
    "GL1635",
    `"${definition.name}" has no data set, so it has no test likelihood; name one with --dataset`,
    { usage: true },
  );
}
