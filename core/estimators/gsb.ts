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
/** Relative difference of the ratios of successive derivatives, up to the fourth, up to which a cost counts as exponential along a unit. */
const exponentialTolerance = 1e-3;

/**
 * Generalized stochastic backpropagation: ∇L = Σ_n ∇A_n(θ) E[f⁽ⁿ⁾(z)], with Σ A_n xⁿ = log E eˣᶻ the cumulant series of the
 * distribution (seed 3, eq. 3). Normal: A₁ = μ, A₂ = σ²/2, exact (eq. 14); Dirac: A₁ = a (eq. 15); Laplace: A₂ₙ = b²ⁿ/n (eq. 18);
 * gamma: A_n = kμⁿ/n (eq. 19); beta and Dirichlet through gammas (eq. 20, 21).
 *
 * Without an order, a cost whose derivatives end by the eighth (polynomials, ReLU nets under |·| and (·)²) or that is exponential along
 * a unit (corollary 3.1) is summed in full there, anything else up to the fourth derivative. An order always truncates. Under the ELBO the
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
      needs: (n) => (open && n <= defaultOrder) || coefficients[n] !== null,
      omit,
    });
    const exponential = open && series.logMoment ? exponentialCurves(found) : null;
    const cut = seriesTerms(context, found, coefficients, exponential?.others);
    return exponential ? tf.add(exponentialTerms(series.logMoment!, found, exponential), cut) : cut;
  }
}

/** Σ_n A_n(θ) f⁽ⁿ⁾ over curves, those with a weight of 0 left out, `[S, B']`. @param weights of the curves, `[C]`; all 1 when left out */
function seriesTerms(
  { credit }: SurrogateContext,
  { derivatives }: CurveDerivatives,
  coefficients: readonly (tf.Tensor | null)[],
  weights?: readonly number[],
): tf.Tensor {
  let total = tf.zeros(credit.shape) as tf.Tensor;
  if (weights?.every((weight) => weight === 0)) return total;
  derivatives.forEach((derivative, n) => {
    const factor = derivative && coefficients[n];
    if (!factor) return;
    const byUnit = tf.mul(factor, tf.transpose(derivative, [1, 2, 0]));
    total = tf.add(total, tf.sum(weights ? tf.mul(byUnit, tf.tensor1d([...weights])) : byUnit, -1));
  });
  return total;
}

/** Curves along which the cost is exponential, f⁽ⁿ⁺¹⁾ = c f⁽ⁿ⁾ from the first derivative on in every row. */
interface ExponentialCurves {
  /** c, and 0 along the other curves and where the cost stands still, `[C, S, B']` flat. */
  readonly rates: Float32Array;
  /** By curve, 1 where the cost is something else. */
  readonly others: readonly number[];
}

const isNear = (value: number, expected: number): boolean =>
  Math.abs(value - expected) <= exponentialTolerance * Math.abs(value);

/** Null where the cost is exponential along no curve. */
function exponentialCurves({ derivatives }: CurveDerivatives): ExponentialCurves | null {
  const [, first, second, third, fourth] = derivatives;
  if (!first || !second || !third || !fourth) return null;
  const [a, b, c, d] = [first, second, third, fourth].map((derivative) => derivative.dataSync());
  const [C] = first.shape as [number];
  const size = a!.length / C;
  const rates = new Float32Array(a!.length);
  const others = Array.from({ length: C }, (_, curve): number => {
    const from = curve * size;
    let moves = false;
    for (let i = from; i < from + size; i++) {
      // A cost that stands still along a curve adds nothing, however it is summed.
      if (a![i] === 0 && b![i] === 0 && c![i] === 0) continue;
      moves = true;
      const rate = (rates[i] = b![i]! / a![i]!);
      // f' f''' = f''² alone also holds where some costs pass by; the fourth derivative tells them from an exponential.
      if (rate !== 0 && isNear(c![i]!, rate * b![i]!) && isNear(d![i]!, rate * c![i]!)) continue;
      rates.fill(0, from, from + size);
      return 1;
    }
    return moves ? 0 : 1;
  });
  return others.includes(0) ? { rates, others } : null;
}

/** Σ_n A_n cⁿ f'/c = log E e^{cz} · f'/c along the exponential curves, `[S, B']`. */
function exponentialTerms(
  logMoment: NonNullable<GsbSeries["logMoment"]>,
  { derivatives }: CurveDerivatives,
  { rates }: ExponentialCurves,
): tf.Tensor {
  const first = derivatives[1]!;
  const byUnit = tf.transpose(tf.tensor(rates, first.shape), [1, 2, 0]); // [S, B', C]
  const weight = detach(tf.divNoNan(tf.transpose(first, [1, 2, 0]), byUnit));
  return tf.sum(tf.mul(logMoment(byUnit), weight), -1);
}
