import type { BiasRecord, CheckedBias, ParameterVerdict } from "../protocol/bias";

/** A check beside training in short: with the parameter that its verdict rests on. */
export function checkedBias({ beside, step, estimator, verdict, draws, margin, parameters }: BiasRecord): CheckedBias {
  const [first, ...rest] = parameters.filter((parameter) => parameter.verdict === verdict);
  const { name, relativeBias, interval } = rest.reduce(
    (worst, next) => (size(next) > size(worst) ? next : worst),
    first!,
  );
  return { ...beside!, step, estimator, verdict, draws, margin, parameter: name, relativeBias, interval };
}

/** How large the bias surely is where there is one, else how large it may be. */
function size({ verdict, interval }: ParameterVerdict): number {
  if (!interval) return verdict === "undecided" ? Infinity : 0;
  return interval[verdict === "biased" ? 0 : 1];
}
