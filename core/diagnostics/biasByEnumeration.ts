import { enumeration } from "../estimators/enumeration";
import type { NodeEstimator } from "../estimators/estimator";
import type { EstimatorSpec } from "../estimators/estimatorSpec";
import { type BiasReport, overall, type ParameterBias } from "./bias";
import { enumerateEstimatorSliced } from "./enumerateEstimator";
import { exactGradientSliced, type ExactRequest } from "./exactGradient";
import { partOf, type Sliced } from "./sliced";

/** A gradient below this share of the largest tensor's counts as zero: float32 leaves that much. */
const ZERO = 1e-6;

/** Bias of an estimator, exactly: its mean and the gradient are both sums over all joint states. */
export function* biasByEnumeration(
  request: ExactRequest,
  estimators: ReadonlyMap<string, NodeEstimator>,
  specs: ReadonlyMap<string, EstimatorSpec>,
  margin: number,
): Sliced<BiasReport> {
  const exact = yield* partOf(exactGradientSliced(request), 0, 0.5);
  const allEnumerated = [...specs.values()].every(({ estimator }) => estimator === enumeration);
  const moments = allEnumerated
    ? new Map([...exact.gradients].map(([name, mean]) => [name, { mean, variance: new Float64Array(mean.length) }]))
    : yield* partOf(enumerateEstimatorSliced(request, estimators, specs), 0.5, 0.5);
  const largest = Math.max(...[...exact.gradients.values()].map(norm));
  const parameters = request.instance.parameters.map(({ name, shape }): ParameterBias => {
    const reference = exact.gradients.get(name)!;
    const { mean, variance } = moments.get(name)!;
    const bias = mean.map((value, element) => value - reference[element]!);
    const size = norm(reference);
    const error = norm(bias);
    const none = error <= ZERO * largest || error === 0;
    const relativeBias = size > ZERO * largest ? error / size : none ? 0 : null;
    return {
      name,
      shape,
      exact: [...reference],
      mean: [...mean],
      bias: [...bias],
      gradientNorm: size,
      variance: [...variance],
      standardError: new Array<number>(mean.length).fill(0),
      relativeBias,
      interval: relativeBias === null ? null : [relativeBias, relativeBias],
      verdict: relativeBias !== null && relativeBias <= margin ? "unbiased" : "biased",
    };
  });
  return {
    method: "enumeration",
    verdict: overall(parameters.map(({ verdict }) => verdict)),
    parameters,
    reference: "the exact gradient, all joint states enumerated",
    margin,
    level: null,
    draws: null,
    notes: [],
  };
}

export function norm(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]! ** 2;
  return Math.sqrt(total);
}
