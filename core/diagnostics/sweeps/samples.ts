import { specText } from "../../estimators/estimatorSpec";
import type { SweepKind } from "./sweepKind";

/**
 * Samples K of every example. Under `iwae` the bound tightens with K while the guide's signal-to-noise ratio may fall like 1/√K
 * (Rainforth et al., Tighter variational bounds are not necessarily better, 2018); where samples are only averaged, variance falls
 * like 1/K.
 */
export const samples: SweepKind = {
  id: "samples",
  title: "Samples",
  summary: "variance and signal-to-noise ratio against the number of samples, with the exponents they grow by",
  defaultValues: [1, 2, 4, 8, 16, 32],
  allowed: "whole numbers of at least 1",
  accepts: (value) => Number.isInteger(value) && value >= 1,
  refusal: () => null,
  sweptNodes: () => [],
  at: (value, { specs }) => ({ estimator: specText(specs), samples: value }),
  candidates: [],
  recommends: false,
};
