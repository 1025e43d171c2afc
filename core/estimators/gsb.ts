import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import type { Continuous } from "../distributions/continuous";
import { klDivergence } from "../distributions/klDivergence";
import { entropyKey } from "../gradients/terms";
import {
  type CurveDerivatives,
  type Estimator,
  exactDraw,
  type NodeEstimator,
  stateless,
  type SurrogateContext,
} from "./estimator";
import { gsbSeries, type GsbSeries } from "./gsbSeries";

/** Order of a series that neither ends nor sums, when none was asked for: the paper's N. */
const defaultOrder = 4;
const highestOrder = 8;
/** Relative difference of f''/f' and f'''/f'' up to which a cost counts as exponential along a unit. */
const exponentialTolerance = 1e-3;

/**
 * Generalized stochastic backpropagation: ∇L = Σ_n ∇A_n(θ) E[f⁽ⁿ⁾(z)], with Σ A_n xⁿ = log E eˣᶻ the cumulant series of the
 * distribution (seed 3, eq. 3). Normal: A₁ = μ, A₂ = σ²/2, exact (eq. 14); Dirac: A₁ = a (eq. 15); Laplace: A₂ₙ = b²ⁿ/n (eq. 18);
 * gamma: A_n = kμⁿ/n (eq. 19); beta and Dirichlet through gammas (eq. 20, 21).
 *
 * Without an order, a cost whose derivatives end by the eighth (polynomials, ReLU nets under |·| and (·)²) or that is exponential along
 * every unit (corollary 3.1) is summed in full, anything else up to the fourth derivative. An order always truncates. Under the ELBO the
 * entropy, and where it has a closed form the divergence from the prior, is taken analytically.
 */
export const gsb: Estimator = {
  id: "gsb",
  title: "Generalized stochastic backpropagation",
  summary: "the derivative moves from the distribution to the cost: a series of the cost's derivatives",
  reference: {
    authors: "Echraibi, Flocon-Cholet, Gosselin, Vaton",
    title: "Generalized stochastic backpropagation",
    year: 2020,
    equation: "seed 3, eq. 3, 14, 15, 18 to 21, corollary 3.1",
  },
  distributions: ["normal", "dirac", "laplace", "gamma", "beta", "dirichlet"],
  objectives: ["expected-cost", "elbo", "structured-prediction"],
  unbiased: "conditional",
  unbiasedWhen:
    "for smooth costs where the series ends or is summed: normal (order 2 or more), Dirac, and without an order polynomial (up to the eighth power) and exponential costs; kinks such as ReLU's are seen by no derivative",
  evaluations:
    "2, and one series up to the order along every unit (Dirichlet: component, beta: 2 × units); along all at once where the cost is h(a·z)",
  ownNoise: ({ distribution }) => distribution === "beta" || distribution === "dirichlet",
  options: [
    {
      name: "order",
      summary: "highest derivative of the cost; auto sums tractable cases in full",
      default: "auto",
      allowed: `auto or a whole number from 1 to ${highestOrder}`,
      accepts: (value) =>
        value === "auto" ||
        (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= highestOrder),
    },
  ],
  create: ({ order }) => new StochasticBackpropagation(typeof order === "number" ? order : null),
};

class StochasticBackpropagation implements NodeEstimator {
  readonly entropyGradient = "none";
  readonly draw = exactDraw;
  readonly update = stateless.update;
  readonly state = stateless.state;
  readonly restore = stateless.restore;
  readonly dispose = stateless.dispose;

  constructor(private readonly order: number | null) {}

  surrogate(context: SurrogateContext): tf.Tensor {
    const { objective, additive, distribution, node, prior, hasDescendants } = context;
    const series = gsbSeries(context);
    const bound = objective.entropy && additive;
    // Nodes drawn after this one might stand in the prior's parameters: only the entropy is analytic then.
    const divergence = bound && prior && !hasDescendants ? klDivergence(distribution, prior.detached()) : null;
    const entropy = bound && !divergence ? (distribution as Continuous).entropy() : null;
    const omit = [...(divergence ? [`prior:${node}`] : []), ...(divergence || entropy ? [entropyKey(node)] : [])];
    const terms = this.terms(context, series, omit);
    const analytic = divergence ?? (entropy ? tf.neg(entropy) : null);
    return analytic ? tf.add(terms, analytic) : terms;
  }

  /** The series, summed in full where that can be. */
  private terms(context: SurrogateContext, series: GsbSeries, omit: readonly string[]): tf.Tensor {
    const open = this.order === null && series.exactAt === null;
    const order = Math.min(this.order ?? series.exactAt ?? defaultOrder, series.exactAt ?? highestOrder);
    const coefficients = Array.from({ length: (open ? highestOrder : order) + 1 }, (_, n) =>
      n === 0 ? null : series.coefficient(n),
    );
    const found = context.derivatives({
      at: series.at,
      directions: series.directions,
      order,
      ...(open ? { whole: highestOrder } : {}),
      needs: (n) => (open && n <= 3) || coefficients[n] !== null,
      omit,
    });
    return (open ? exponentialTerms(series, found) : null) ?? seriesTerms(context, found, coefficients);
  }
}

/** Σ_n A_n(θ) f⁽ⁿ⁾ over curves, `[S, B']`. */
function seriesTerms(
  { credit }: SurrogateContext,
  { derivatives }: CurveDerivatives,
  coefficients: readonly (tf.Tensor | null)[],
): tf.Tensor {
  let total = tf.zeros(credit.shape) as tf.Tensor;
  derivatives.forEach((derivative, n) => {
    const factor = derivative && coefficients[n];
    if (factor) total = tf.add(total, tf.sum(tf.mul(factor, tf.transpose(derivative, [1, 2, 0])), -1));
  });
  return total;
}

/** Σ_n A_n cⁿ f'/c = log E e^{cz} · f'/c where f⁽ⁿ⁺¹⁾ = c f⁽ⁿ⁾ from the first derivative on at every unit of every row, else null. */
function exponentialTerms(series: GsbSeries, { derivatives }: CurveDerivatives): tf.Tensor | null {
  const [, first, second, third] = derivatives;
  if (!series.logMoment || !first || !second || !third) return null;
  const [a, b, c] = [first, second, third].map((derivative) => derivative.dataSync());
  const rate = new Float32Array(a!.length);
  for (let i = 0; i < rate.length; i++) {
    rate[i] = b![i]! / a![i]!;
    if (!(Math.abs(c![i]! - rate[i]! * b![i]!) <= exponentialTolerance * Math.abs(c![i]!)) || rate[i] === 0)
      return null;
  }
  const byUnit = tf.transpose(tf.tensor(rate, first.shape), [1, 2, 0]); // [S, B', C]
  const weight = detach(tf.div(tf.transpose(first, [1, 2, 0]), byUnit));
  return tf.sum(tf.mul(series.logMoment(byUnit), weight), -1);
}
