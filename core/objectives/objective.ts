import type { tf } from "../backends/tf";

/** How the terms of a trace become the loss that is minimised. All values in nats. */
export interface Objective {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Which functions a model needs. */
  readonly needs: "program" | "program-observe" | "guide-model";
  /** True when the loss is a mean over samples of sums of terms, so that terms can be credited one by one. */
  readonly additive: boolean;
  /** True when log q of every guide node belongs to the loss. */
  readonly entropy: boolean;
  /** S when nothing else is said. */
  readonly defaultSamples: number;
  /**
   * The loss of every row from the sum of its terms.
   * @param total `[S, B']`
   * @returns `[B']`
   */
  loss(total: tf.Tensor): tf.Tensor;
}
