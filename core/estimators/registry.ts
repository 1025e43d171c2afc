import type { Estimator } from "./estimator";
import { enumeration } from "./enumeration";
import { half } from "./half";
import { likelihoodRatio } from "./likelihoodRatio";
import { muprop } from "./muprop";
import { straightThrough } from "./straightThrough";
import { arm } from "./arm";
import { darn } from "./darn";
import { disarm } from "./disarm";
import { gumbelSoftmax, straightThroughGumbelSoftmax } from "./gumbelSoftmax";
import { leaveOneOut } from "./leaveOneOut";
import { localExpectation } from "./localExpectation";
import { meanPassing } from "./meanPassing";
import { measureValued } from "./measureValued";
import { mupropRollout } from "./mupropRollout";
import { rebar } from "./rebar";
import { relax } from "./relax";
import { vimco } from "./vimco";
import { dreg } from "./dreg";
import { gsb } from "./gsb";
import { implicitPathwise } from "./implicitPathwise";
import { pathwise } from "./pathwise";
import { stickingTheLanding } from "./stickingTheLanding";
import { weakReparameterization } from "./weakReparameterization";

/** All estimators, one line each. */
export const estimators: readonly Estimator[] = [
  ...likelihoodRatio,
  ...muprop,
  straightThrough,
  half,
  darn,
  gumbelSoftmax,
  straightThroughGumbelSoftmax,
  mupropRollout,
  leaveOneOut,
  vimco,
  arm,
  disarm,
  localExpectation,
  measureValued,
  rebar,
  relax,
  meanPassing,
  enumeration,
  pathwise,
  implicitPathwise,
  stickingTheLanding,
  dreg,
  gsb,
  weakReparameterization,
];

/** Other names of an estimator. */
export const estimatorAliases: Readonly<Record<string, string>> = { nvil: "lr-c-vn-idb" };
