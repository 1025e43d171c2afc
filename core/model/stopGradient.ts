import { customOp } from "../backends/customOp";
import { detach } from "../backends/detach";
import { tf } from "../backends/tf";

/** The same values, through which no gradient flows. What depends on the result still counts as depending on `x`. */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  return customOp(
    "StopGradient",
    { x },
    () => x.clone(),
    () => ({ x: () => tf.zerosLike(x) }),
    { plain: (inputs) => detach(inputs.x) },
  );
}
