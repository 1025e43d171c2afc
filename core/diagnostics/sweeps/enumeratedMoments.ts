import type { NodeEstimator } from "../../estimators/estimator";
import type { EstimatorSpec } from "../../estimators/estimatorSpec";
import { isExact } from "../../estimators/isExact";
import { enumerateEstimatorSliced } from "../enumerateEstimator";
import { exactGradientSliced, type ExactRequest } from "../exactGradient";
import type { Sliced } from "../sliced";
import { type GradientMoments, known, unknown } from "./gradientMoments";

/** Variance below this share of the squared mean is what float32 leaves of none. */
const ROUNDING = 1e-10;

/** Bias², variance and signal-to-noise ratios exactly, all joint states enumerated. */
export function* enumeratedMoments(
  request: ExactRequest,
  estimators: ReadonlyMap<string, NodeEstimator>,
  specs: ReadonlyMap<string, EstimatorSpec>,
  exact: ReadonlyMap<string, Float64Array>,
): Sliced<GradientMoments> {
  const moments = isExact(specs)
    ? new Map(
        [...(yield* exactGradientSliced(request)).gradients].map(([name, mean]) => [
          name,
          { mean, variance: new Float64Array(mean.length) },
        ]),
      )
    : yield* enumerateEstimatorSliced(request, estimators, specs);
  let biasSquared = 0;
  let variance = 0;
  const parameters = request.instance.parameters.map(({ name }) => {
    const { mean, variance: elements } = moments.get(name)!;
    const truth = exact.get(name)!;
    let own = 0;
    let square = 0;
    mean.forEach((value, element) => {
      biasSquared += (value - truth[element]!) ** 2;
      own += elements[element]!;
      square += value * value;
    });
    variance += own;
    const still = own <= ROUNDING * square;
    return { name, variance: known(still ? 0 : own), snr: still ? unknown : known(Math.sqrt(square / own)) };
  });
  return {
    method: "enumeration",
    draws: null,
    biasSquared: known(biasSquared),
    variance: known(variance),
    meanSquaredError: known(biasSquared + variance),
    parameters,
  };
}
