import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import type { Bernoulli } from "../distributions/bernoulli";
import type { Categorical } from "../distributions/categorical";
import type { EstimatorState, SurrogateContext } from "../estimators/estimator";
import { logitScore } from "../estimators/relaxedControl";
import { scoreOfLoss } from "../estimators/scoreOfLoss";
import { unrecorded } from "../gradients/tape";
import type { Baseline } from "./baseline";

/** Weight of the past at each step. */
const DECAY = 0.95;

/**
 * The constants of least variance, one for each unit j of a Bernoulli or categorical node: c_j = E[f ‖s_j‖²] / E[‖s_j‖²], s_j the score
 * of the unit's logits and f the signal, since Var[s_j (f − c)] = E[(f − c)² ‖s_j‖²] − ‖E[s_j f]‖² (Greensmith, Bartlett, Baxter, 2004,
 * section 4; Weaver, Tao, 2001). Both means are moving ones over the steps before, 0 before the first.
 *
 * Where K samples share one loss, their scores meet in the estimate Σ_k s_jk (f_k + e_k), with e_k ∂ log q's own factor in the loss:
 * c_j = E[⟨Σ_k s_jk, Σ_k s_jk (f_k + e_k)⟩] / E[‖Σ_k s_jk‖²].
 */
export class OptimalConstant implements Baseline {
  readonly learns = true;
  /** Σ f ‖s_j‖² and Σ ‖s_j‖² of every unit, exponentially weighted. */
  private sums: { readonly product: Float64Array; readonly square: Float64Array } | null = null;
  private pending: { readonly product: Float32Array; readonly square: Float32Array } | null = null;

  scoreTerm(signal: tf.Tensor, context: SurrogateContext): tf.Tensor {
    if (context.training) this.pending = momentsOf(signal, context);
    const { logProb, distribution } = context;
    const common = this.common;
    const centred = tf.mul(
      logProb,
      unrecorded(() => tf.sub(signal, common)),
    );
    if (common === 0) return centred;
    // The unit's own constant beside the common one, so that the score term still shows the signal less a baseline.
    const apart = unrecorded(() =>
      tidy(() => tf.mul(logitScore(context), tf.sub(this.offset(signal, context), common))),
    );
    const axes = distribution.eventRank === 2 ? [-2, -1] : [-1];
    return tf.sub(centred, tf.sum(tf.mul((distribution as Bernoulli | Categorical).logits, apart), axes));
  }

  offset(_signal: tf.Tensor, { distribution: { unitShape, eventRank } }: SurrogateContext): tf.Tensor {
    const units = unitShape[0]!;
    return tf.tensor(this.constants(units), eventRank === 2 ? [1, 1, units, 1] : [1, 1, units]);
  }

  update(): void {
    const { pending } = this;
    this.pending = null;
    if (!pending || [...pending.product, ...pending.square].some((value) => !Number.isFinite(value))) return;
    const before = this.sums;
    const move = (sums: Float64Array | undefined, now: Float32Array): Float64Array =>
      Float64Array.from(now, (value, j) => DECAY * (sums?.[j] ?? 0) + (1 - DECAY) * value);
    this.sums = { product: move(before?.product, pending.product), square: move(before?.square, pending.square) };
  }

  /** Float64 bits in float32 words, so that a resumed run continues bit by bit. */
  state(): EstimatorState {
    const { sums } = this;
    if (!sums) return {};
    const values = new Float32Array(new Float64Array([...sums.product, ...sums.square]).buffer);
    return { constant: { shape: [values.length], values } };
  }

  restore({ constant }: EstimatorState): void {
    if (!constant) return;
    const both = new Float64Array(constant.values.slice().buffer);
    const units = both.length / 2;
    this.sums = { product: both.slice(0, units), square: both.slice(units) };
  }

  dispose(): void {
    this.pending = null;
  }

  /** The one constant of least variance for all units together. */
  private get common(): number {
    const { sums } = this;
    return sums ? ratio(total(sums.product), total(sums.square), 0) : 0;
  }

  /** A unit that has never been undecided has no constant of its own. */
  private constants(units: number): Float32Array {
    const { sums, common } = this;
    return Float32Array.from({ length: units }, (_, j) =>
      sums ? ratio(sums.product[j]!, sums.square[j]!, common) : 0,
    );
  }
}

/** Means over rows of f ‖s_j‖² and ‖s_j‖², `[units]`. */
function momentsOf(
  signal: tf.Tensor,
  context: SurrogateContext,
): { readonly product: Float32Array; readonly square: Float32Array } {
  const { additive, distribution } = context;
  const { product, square } = unrecorded(() =>
    tf.tidy(() => {
      const score = logitScore(context); // [S, B', …unitShape]
      const own = scoreOfLoss(context);
      const factor = own ? tf.add(signal, own) : signal;
      const weighted = tf.mul(score, tf.reshape(factor, [...factor.shape, ...distribution.unitShape.map(() => 1)]));
      const [left, right] = additive ? [score, weighted] : [tf.sum(score, 0, true), tf.sum(weighted, 0, true)];
      const perUnit = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => {
        const products = tf.mean(tf.mul(a, b), [0, 1]);
        return distribution.eventRank === 2 ? tf.sum(products, -1) : products;
      };
      return { product: perUnit(left, right), square: perUnit(left, left) };
    }),
  );
  const found = { product: product.dataSync<"float32">().slice(), square: square.dataSync<"float32">().slice() };
  tf.dispose([product, square]);
  return found;
}

function ratio(product: number, square: number, otherwise: number): number {
  return square > 0 ? product / square : otherwise;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
