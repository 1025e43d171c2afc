import type { Baseline } from "../baselines/baseline";
import { OptimalConstant } from "../baselines/optimalConstant";
import { SignalBaseline, type SignalBaselineOptions } from "../baselines/signalBaseline";
import type { Estimator, OptionSpec, Options } from "./estimator";

/** A form that `lr` and `muprop` share. */
interface SignalVariant extends Pick<Estimator, "unbiased" | "unbiasedWhen" | "options" | "distributionsWith"> {
  readonly suffix: string;
  readonly title: string;
  readonly baseline: (options: Options) => Baseline;
}

const constants = ["average", "optimal"] as const;

const constant: OptionSpec = {
  name: "constant",
  summary:
    "what is subtracted: the signal's moving average E[f] (weight of the past 0.8 a step), or for every unit of a Bernoulli or categorical node the constant of least variance E[f s²] / E[s²], s the score of the unit's logits (0.95 a step)",
  default: "average",
  allowed: "average or optimal",
  accepts: (value) => (constants as readonly unknown[]).includes(value),
};

/** The suffixes: centring, variance normalisation, input-dependent baseline. */
export const signalVariants: readonly SignalVariant[] = [
  variant("", "", { centre: false, normalise: false, inputDependent: false }),
  {
    ...variant("-c", "centred", { centre: true, normalise: false, inputDependent: false }),
    options: [constant],
    distributionsWith: (options) => (options["constant"] === "optimal" ? ["bernoulli", "categorical"] : null),
    baseline: (options) =>
      options["constant"] === "optimal"
        ? new OptimalConstant()
        : new SignalBaseline({ centre: true, normalise: false, inputDependent: false }),
  },
  variant("-c-vn", "centred, variance-normalised", { centre: true, normalise: true, inputDependent: false }),
  variant("-c-idb", "centred, input-dependent baseline", { centre: true, normalise: false, inputDependent: true }),
  variant("-c-vn-idb", "centred, variance-normalised, input-dependent baseline", {
    centre: true,
    normalise: true,
    inputDependent: true,
  }),
];

function variant(suffix: string, title: string, signal: SignalBaselineOptions): SignalVariant {
  return {
    suffix,
    title,
    options: [],
    baseline: () => new SignalBaseline(signal),
    ...(signal.normalise
      ? {
          unbiased: "conditional",
          unbiasedWhen:
            "while the signal's moving standard deviation is at most 1; above, the estimate is the gradient divided by it",
        }
      : { unbiased: "always", unbiasedWhen: "for every cost; the baseline never sees the sample it centres" }),
  };
}
