import { activeNormalisation } from "./activeNormalisation";
import { biasedEstimator } from "./biasedEstimator";
import { collapsedEntropy } from "./collapsedEntropy";
import { deadBaseline } from "./deadBaseline";
import { growingVariance } from "./growingVariance";
import { harmfulBaseline } from "./harmfulBaseline";
import { kinkedDerivatives } from "./kinkedDerivatives";
import { pathThroughJump } from "./pathThroughJump";
import { saturatedUnits } from "./saturatedUnits";
import { scoreWithPath } from "./scoreWithPath";
import { stickingWithSamples } from "./stickingWithSamples";
import { temperatureBound } from "./temperatureBound";
import { truncatedSeries } from "./truncatedSeries";
import type { Lint } from "./lint";

/** All lints, one line each. */
export const lints: readonly Lint[] = [
  biasedEstimator,
  stickingWithSamples,
  kinkedDerivatives,
  pathThroughJump,
  truncatedSeries,
  scoreWithPath,
  activeNormalisation,
  temperatureBound,
  harmfulBaseline,
  deadBaseline,
  saturatedUnits,
  collapsedEntropy,
  growingVariance,
];
