import type { Estimator } from "./estimator";
import { enumeration } from "./enumeration";
import { half } from "./half";
import { likelihoodRatio } from "./likelihoodRatio";
import { muprop } from "./muprop";
import { straightThrough } from "./straightThrough";

/** All estimators, one line each. */
export const estimators: readonly Estimator[] = [
  ...likelihoodRatio,
  ...muprop,
  straightThrough,
  half,
  enumeration,
];

/** Other names of an estimator. */
export const estimatorAliases: Readonly<Record<string, string>> = { nvil: "lr-c-vn-idb" };
