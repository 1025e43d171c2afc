import type { SignalBaselineOptions } from "../baselines/signalBaseline";

/** The suffixes that `lr` and `muprop` share: centring, variance normalisation, input-dependent baseline. */
export const signalVariants: readonly {
  readonly suffix: string;
  readonly title: string;
  readonly options: SignalBaselineOptions;
}[] = [
  { suffix: "", title: "", options: { centre: false, normalise: false, inputDependent: false } },
  { suffix: "-c", title: "centred", options: { centre: true, normalise: false, inputDependent: false } },
  {
    suffix: "-c-vn",
    title: "centred, variance-normalised",
    options: { centre: true, normalise: true, inputDependent: false },
  },
  {
    suffix: "-c-idb",
    title: "centred, input-dependent baseline",
    options: { centre: true, normalise: false, inputDependent: true },
  },
  {
    suffix: "-c-vn-idb",
    title: "centred, variance-normalised, input-dependent baseline",
    options: { centre: true, normalise: true, inputDependent: true },
  },
];

/** When estimates with these signal variants are unbiased. */
export function unbiasedWhen(options: SignalBaselineOptions): {
  readonly unbiased: "always" | "conditional";
  readonly unbiasedWhen: string;
} {
  return options.normalise
    ? {
        unbiased: "conditional",
        unbiasedWhen:
          "while the signal's moving standard deviation is at most 1; above, the estimate is the gradient divided by it",
      }
    : { unbiased: "always", unbiasedWhen: "for every cost; the baseline never sees the sample it centres" };
}
