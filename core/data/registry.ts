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
import { unknownName } from "../unknownName";

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
    const known = datasets.map((candidate) => candidate.id);
    throw unknownName("GL2001", "data set", id, known);
  }
  return found;
}
