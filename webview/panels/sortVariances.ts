import type { ParameterVariance } from "../../core/protocol/variance";
import type { ViewState } from "../viewState";

/** Largest variance first, lowest SNR first, or by name; unknown ones last. */
export function sortVariances(
  entries: readonly ParameterVariance[],
  by: ViewState["varianceSort"],
): readonly ParameterVariance[] {
  const key = ({ total, monteCarlo, snr }: ParameterVariance): number =>
    by === "snr" ? (snr ?? Infinity) : -(total ?? monteCarlo ?? -Infinity);
  const byName = (a: ParameterVariance, b: ParameterVariance): number => a.name.localeCompare(b.name, "en");
  return [...entries].sort((a, b) => (by === "name" || key(a) === key(b) ? byName(a, b) : key(a) - key(b)));
}
