import { GradlensError } from "../errors";
import type { DatasetDescription } from "./dataset";
import { binarizedMnist } from "./datasets/binarizedMnist";
import { digits } from "./datasets/digits";
import { digitsBinarized } from "./datasets/digitsBinarized";
import { digitsTopBottom } from "./datasets/digitsTopBottom";
import { mnist } from "./datasets/mnist";
import { mnistStochastic } from "./datasets/mnistStochastic";
import { mnistTopBottom } from "./datasets/mnistTopBottom";
import { omniglot } from "./datasets/omniglot";
import { wdbc } from "./datasets/wdbc";

/** All data sets, the embedded default first. */
export const datasets: readonly DatasetDescription[] = [
  digits,
  digitsBinarized,
  digitsTopBottom,
  mnist,
  mnistStochastic,
  binarizedMnist,
  mnistTopBottom,
  omniglot,
  wdbc,
];

/** The data set of an id. */
export function dataset(id: string): DatasetDescription {
  const found = datasets.find((candidate) => candidate.id === id);
  if (found === undefined) {
    throw new GradlensError(
      "GL2001",
      `there is no data set ${id}; choose one of ${datasets.map((candidate) => candidate.id).join(", ")}`,
      { usage: true },
    );
  }
  return found;
}
