import type { tf } from "../backends/tf";
import { gradients, record, unrecorded } from "../gradients/tape";
import type { SurrogateContext } from "./estimator";

/**
 * The factor that the loss itself puts on a sample's score, ∂L / ∂ log q(h_k), `[S, B']`, constant: the normalised weight of sample k
 * under a bound of several samples. Null where log q's direct derivative is no part of the loss, or is left out.
 */
export function scoreOfLoss({ additive, objective, total }: SurrogateContext): tf.Tensor | null {
  if (additive || !objective.entropy) return null;
  return unrecorded(() => {
    const recorded = record(() => objective.loss(total));
    const [slope] = gradients(recorded.tape, recorded.value, [total]);
    recorded.release();
    return slope ?? null;
  });
}
