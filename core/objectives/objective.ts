import type { tf } from "../backends/tf";

/**
 * Which part of the evidence lower bound is a closed form in place of its estimate (seed 4): `joint`, none, log p(x, z) − log q(z) (eq. 1);
 * `entropy`, log p(x, z) + H(q) (eq. 2); `kl`, log p(x | z) − KL(q ‖ p(z)) (eq. 3). Their means are the same, their noise is not.
 */
export type ElboForm = "joint" | "entropy" | "kl";

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
  /** Forms that it can be asked for in, `elbo(form=kl)`. */
  readonly forms?: readonly ElboForm[];
  /** The form asked for; without one it is `joint`, but for divergences that the model file's `analyticKl` asks for. */
  readonly form?: ElboForm;
  /** S when nothing else is said. */
  readonly defaultSamples: number;
  /**
   * The loss of every row from the sum of its terms.
   * @param total `[S, B']`
   * @returns `[B']`
   */
  loss(total: tf.Tensor): tf.Tensor;
}

/** As on the command line: `elbo`, `elbo(form=kl)`. */
export function objectiveText({ id, form }: Objective): string {
  return form === undefined ? id : `${id}(form=${form})`;
}
