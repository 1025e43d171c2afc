import { customOp } from "../../backends/customOp";
import { detach } from "../../backends/detach";
import { tf } from "../../backends/tf";
import { tidy } from "../../backends/tidy";
import { GradlensError } from "../../errors";
import { sumTo } from "../../numerics/bernoulliLogProb";
import { elementwise } from "../../numerics/special/elementwise";
import { planarPreimage } from "../../numerics/special/scalar/planarPreimage";
import { firstOutside, firstWhere, intervals, type ParameterLike, tensorParameter } from "../tensorParameter";
import type { FlowLayer, Moved } from "./flowLayer";
import { refuseUnknown } from "../../refuseUnknown";

/**
 * A planar layer f(x) = x + û tanh(wᵀx + b), with `u` and `w` `[…, units]` and `b` `[…, 1]` (Rezende and Mohamed, *Variational inference
 * with normalizing flows*, 2015, eq. 10 to 12). û = u + (softplus(wᵀu) − 1 − wᵀu) w/‖w‖², so that wᵀû > −1 and f is invertible for
 * every u and w ≠ 0 (appendix A.1).
 *
 * With t = wᵀx + b and σ = wᵀû + 1 = softplus(wᵀu) > 0: det ∂f/∂x = 1 + wᵀû (1 − tanh² t) = tanh² t + σ (1 − tanh² t). The inverse has
 * no closed form, but t alone is to be found: wᵀy + b = t + (σ − 1) tanh t, then x = y − û tanh t.
 */
export function planar(parameters: {
  readonly u: ParameterLike;
  readonly w: ParameterLike;
  readonly b: ParameterLike;
}): FlowLayer {
  refuseUnknown("planar", parameters, ["u", "w", "b"]);
  // Layers are often made while the model is built, when nothing is recorded: tensors are computed at use.
  const given = (name: "u" | "w" | "b"): tf.Tensor => tensorParameter("planar", name, parameters[name], 1);
  const place = (): Place => {
    const [u, w, b] = [given("u"), given("w"), given("b")];
    const along = tf.sum(tf.mul(w, u), -1, true);
    const sigma = tf.softplus(along);
    const shift = tf.div(tf.mul(tf.sub(tf.sub(sigma, 1), along), w), tf.sum(tf.square(w), -1, true));
    return { w, b, sigma, step: tf.add(u, shift) };
  };
  return {
    id: "planar",
    requireUnits(units) {
      tf.tidy(() => {
        for (const [name, expected] of [
          ["u", units],
          ["w", units],
          ["b", 1],
        ] as const) {
          const found = given(name).shape.at(-1)!;
          if (found !== expected)
            throw new GradlensError(
              "GL1146",
              `planar needs ${name} with ${expected} on its last axis for a base of ${units} units, got ${found}; give u and w one number per unit and b one`,
            );
        }
      });
    },
    forward(x) {
      const at = place();
      const t = tf.add(tf.sum(tf.mul(at.w, x), -1, true), at.b);
      const h = tf.tanh(t);
      return { value: tf.add(x, tf.mul(at.step, h)), logDeterminant: logDeterminant(at.sigma, h) };
    },
    inverse(y, drawn) {
      const at = place();
      const r = tf.add(tf.sum(tf.mul(at.w, y), -1, true), at.b);
      const known = drawn && detach(tf.add(tf.sum(tf.mul(at.w, drawn), -1, true), at.b));
      const h = tf.tanh(preimage(r, at.sigma, known));
      return { value: tf.sub(y, tf.mul(at.step, h)), logDeterminant: logDeterminant(at.sigma, h) };
    },
    problem: () =>
      tidy(() => {
        for (const name of ["u", "w", "b"] as const) {
          const bad = firstOutside(given(name), intervals.finite);
          if (bad !== null) return `planar ${name} is a finite number, got ${bad}`;
        }
        const width = firstWhere(tf.sum(tf.square(given("w")), -1), (x) => !(x > 0));
        return width === null ? null : "planar w is a direction, so not all 0; got 0 for every unit";
      }),
  };
}

interface Place {
  readonly w: tf.Tensor;
  readonly b: tf.Tensor;
  /** softplus(wᵀu), `[…, 1]`. */
  readonly sigma: tf.Tensor;
  /** û. */
  readonly step: tf.Tensor;
}

/** log(h² + σ (1 − h²)), h = tanh t `[…, 1]`: without cancellation, since both parts are positive. */
function logDeterminant(sigma: tf.Tensor, h: tf.Tensor): Moved["logDeterminant"] {
  const flat = tf.square(h);
  return tf.squeeze(tf.log(tf.add(flat, tf.mul(sigma, tf.sub(1, flat)))), [-1]);
}

/** t of t + (σ − 1) tanh t = r element by element: ∂t/∂r = 1/(h² + σ (1 − h²)), ∂t/∂σ = −h ∂t/∂r, h = tanh t. */
function preimage(r: tf.Tensor, sigma: tf.Tensor, known?: tf.Tensor): tf.Tensor {
  return customOp(
    "PlanarPreimage",
    { r, sigma },
    () => known?.clone() ?? elementwise(planarPreimage, r, sigma),
    (dy) => {
      const h = tf.tanh(preimage(r, sigma, known)); // again, as something that can be differentiated
      const slope = tf.div(dy, tf.add(tf.square(h), tf.mul(sigma, tf.sub(1, tf.square(h)))));
      return { r: () => sumTo(slope, r.shape), sigma: () => sumTo(tf.neg(tf.mul(h, slope)), sigma.shape) };
    },
  );
}
