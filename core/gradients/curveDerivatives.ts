import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import type { CurveRequest } from "../estimators/estimator";
import { runBranches, type MainPass } from "./branches";
import { activeTape } from "./isolate";
import { gradients, record } from "./tape";

/**
 * Derivatives of the cost along a curve through a node's value: the model runs C times more with the value at(t), one t per row, and
 * is differentiated in t over and over. Nodes downstream that are drawn exactly keep their values and count by the derivatives of
 * their probability; reparameterised ones move along.
 *
 * @returns f, f', …, f⁽ⁿ⁾ at t = 0, `[C, S, B']` each (f' `[C, S, B', width]` where t has a width), constants; fewer than asked for where the next one is zero for every t
 * @throws GL1201 naming an operation without a gradient
 */
export function curveDerivatives(
  main: MainPass,
  node: string,
  { copies, at, order, omit, width = 1 }: CurveRequest,
): readonly tf.Tensor[] {
  const { numSamples: S, numRows } = main.evaluation.noise.layout;
  return tidy(() => {
    const t = tf.zeros([copies * S, numRows, width]);
    const pass = record(() => {
      const { credit, logProb, kept } = runBranches(main, node, { copies, value: at(t), descendants: "keep" }, omit);
      let y = tf.reshape(
        kept ? tf.mul(credit, tf.exp(tf.sub(logProb, tf.tensor(logProb.dataSync(), logProb.shape)))) : credit,
        [copies * S, numRows, 1],
      );
      const found = [y];
      for (let n = 1; n <= order; n++) {
        const [next] = gradients(activeTape(), y, [t], undefined, true);
        if (!next) break;
        found.push(next);
        y = next;
      }
      return found;
    });
    const results = pass.value.map((derivative, n) =>
      tf.reshape(derivative, [copies, S, numRows, ...(n > 0 && width > 1 ? [width] : [])]),
    );
    pass.release();
    return results;
  });
}
