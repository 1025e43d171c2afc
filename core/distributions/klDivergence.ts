import { tf } from "../backends/tf";
import { digamma, lgamma, logBeta } from "../numerics/special/gammaFunctions";
import type { Beta } from "./beta";
import type { Bernoulli } from "./bernoulli";
import type { Categorical } from "./categorical";
import { sumUnits } from "./continuous";
import type { Dirichlet } from "./dirichlet";
import type { Distribution } from "./distribution";
import type { Gamma } from "./gamma";
import type { LocationScale } from "./locationScale";

/**
 * KL(p ‖ q) = E_p[log p − log q] in closed form, nats, the parameters' leading axes; null where there is none.
 * Both of one family: Bernoulli, categorical, normal with independent units, Laplace, log-normal, gamma, beta, Dirichlet.
 */
export function klDivergence(p: Distribution, q: Distribution): tf.Tensor | null {
  return p.id === q.id ? (closedForms[p.id]?.(p, q) ?? null) : null;
}

type ClosedForm = (p: Distribution, q: Distribution) => tf.Tensor | null;

const closedForms: Readonly<Record<string, ClosedForm>> = {
  bernoulli(p, q) {
    const [a, b] = [(p as Bernoulli).logits, (q as Bernoulli).logits];
    const probs = tf.sigmoid(a);
    // Σ p (a − b) − softplus(a) + softplus(b)
    return sumUnits(tf.add(tf.mul(probs, tf.sub(a, b)), tf.sub(tf.softplus(b), tf.softplus(a))));
  },
  categorical(p, q) {
    const [a, b] = [tf.logSoftmax((p as Categorical).logits), tf.logSoftmax((q as Categorical).logits)];
    return tf.sum(tf.mul(tf.exp(a), tf.sub(a, b)), [-2, -1]);
  },
  normal: (p, q) =>
    "scaleTril" in p || "scaleTril" in q ? null : normalDivergence(p as LocationScale, q as LocationScale),
  lognormal: (p, q) => normalDivergence(locationScaleOf(p), locationScaleOf(q)),
  laplace(p, q) {
    // With a standard q: |μ| + b e^(−|μ|/b) − log b − 1, seed 3, eq. 29.
    const [a, b] = [p as LocationScale, q as LocationScale];
    const distance = tf.abs(tf.sub(a.location, b.location));
    const ratio = tf.div(a.scale, b.scale);
    return sumUnits(
      tf.sub(
        tf.add(
          tf.div(distance, b.scale),
          tf.sub(tf.mul(ratio, tf.exp(tf.neg(tf.div(distance, a.scale)))), tf.log(ratio)),
        ),
        1,
      ),
    );
  },
  gamma(p, q) {
    const [a, b] = [p as Gamma, q as Gamma];
    const ratio = tf.div(a.scale, b.scale);
    const shapes = tf.add(
      tf.mul(tf.sub(a.concentration, b.concentration), digamma(a.concentration)),
      tf.sub(lgamma(b.concentration), lgamma(a.concentration)),
    );
    return sumUnits(
      tf.add(shapes, tf.sub(tf.mul(a.concentration, tf.sub(ratio, 1)), tf.mul(b.concentration, tf.log(ratio)))),
    );
  },
  beta(p, q) {
    const [a, b] = [p as Beta, q as Beta];
    const total = tf.add(a.alpha, a.beta);
    const first = tf.mul(tf.sub(a.alpha, b.alpha), tf.sub(digamma(a.alpha), digamma(total)));
    const second = tf.mul(tf.sub(a.beta, b.beta), tf.sub(digamma(a.beta), digamma(total)));
    return sumUnits(tf.add(tf.sub(logBeta(b.alpha, b.beta), logBeta(a.alpha, a.beta)), tf.add(first, second)));
  },
  dirichlet(p, q) {
    const [a, b] = [(p as Dirichlet).concentration, (q as Dirichlet).concentration];
    const [totalA, totalB] = [tf.sum(a, -1, true), tf.sum(b, -1, true)];
    const normalisers = tf.sub(tf.sub(lgamma(totalA), lgamma(totalB)), tf.sum(tf.sub(lgamma(a), lgamma(b)), -1, true));
    const slopes = tf.sum(tf.mul(tf.sub(a, b), tf.sub(digamma(a), digamma(totalA))), -1, true);
    return tf.squeeze(tf.add(normalisers, slopes), [-1]);
  },
};

function normalDivergence(
  p: { location: tf.Tensor; scale: tf.Tensor },
  q: { location: tf.Tensor; scale: tf.Tensor },
): tf.Tensor {
  const ratio = tf.square(tf.div(p.scale, q.scale));
  const distance = tf.square(tf.div(tf.sub(p.location, q.location), q.scale));
  return tf.mul(sumUnits(tf.sub(tf.add(ratio, distance), tf.add(tf.log(ratio), 1))), 0.5);
}

function locationScaleOf({ parameters }: Distribution): { location: tf.Tensor; scale: tf.Tensor } {
  return { location: parameters.location!, scale: parameters.scale! };
}
