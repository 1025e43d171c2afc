import type { Measured } from "../../protocol/sweep";

/** What one point of a sweep knows of an estimate of the batch-mean gradient. */
export interface GradientMoments {
  readonly method: "enumeration" | "sampling";
  readonly draws: number | null;
  readonly biasSquared: Measured;
  readonly variance: Measured;
  readonly meanSquaredError: Measured;
  readonly parameters: readonly { readonly name: string; readonly variance: Measured; readonly snr: Measured }[];
}

export const unknown: Measured = { value: null, interval: null };

/** A value known without noise. */
export function known(value: number): Measured {
  return { value, interval: [value, value] };
}
