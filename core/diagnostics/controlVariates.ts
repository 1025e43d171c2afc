import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import type { ControlVariate, NodeEstimator } from "../estimators/estimator";
import type { EstimatorSpec } from "../estimators/estimatorSpec";
import { surrogateRows } from "../gradients/surrogate";
import { record } from "../gradients/tape";
import { meanOverSamples } from "../objectives/meanOverSamples";
import type { ControlVariateReport } from "../protocol/variance";
import { Noise } from "../random/noise";
import { ratioInterval } from "./ratioInterval";
import { tileRows } from "./enumerate";
import type { ExactRequest } from "./exactGradient";

/** Samples × rows evaluated at most. */
const MAX_ROWS = 4000;

export interface ControlVariateRequest extends ExactRequest {
  readonly specs: ReadonlyMap<string, EstimatorSpec>;
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  /** Replicates of every example, at least 2 and fewer where memory bounds them. */
  readonly draws: number;
  readonly seed: number;
  readonly step: number;
}

/**
 * What each node's control variate does to the variance of the estimate of its logits' gradient, summed over units: with plain part p
 * and control c, Var(p − c) / Var(p), Corr(p, c) and a* = Cov(p, c) / Var(c), given the example; variances over replicates. Nodes
 * above and below are redrawn with it. Variance normalisation is left out: it scales both variances alike.
 */
export function measureControlVariates(request: ControlVariateRequest): readonly ControlVariateReport[] {
  const { instance, structure, objective, estimators, specs, batchSize, numSamples, draws, seed, step } = request;
  if (![...estimators.values()].some(({ controlVariate }) => controlVariate)) return [];
  const replicates = Math.max(2, Math.min(draws, Math.floor(MAX_ROWS / (batchSize * numSamples))));
  const found = new Map<string, ControlVariate>();
  return tidy(() => {
    const watched = new Map(
      [...estimators].map(([name, estimator]): readonly [string, NodeEstimator] => {
        if (!estimator.controlVariate) return [name, estimator];
        const surrogate: NodeEstimator["surrogate"] = (context) => {
          const parts = estimator.controlVariate!(context);
          if (parts) found.set(name, parts);
          return null;
        };
        return [name, Object.create(estimator, { surrogate: { value: surrogate } }) as NodeEstimator];
      }),
    );
    const numRows = replicates * batchSize;
    const noise = new Noise({ seed, step, numSamples, numRows, replicates, firstReplicate: 0 });
    const data = tileRows(request.data, replicates);
    record(() =>
      surrogateRows({
        functions: instance.functions,
        structure,
        objective,
        estimators: watched,
        data,
        noise,
        training: false,
      }),
    ).release();
    return [...found].map(([node, parts]) => {
      const plain = centred(parts.plain, replicates);
      const control = centred(parts.control, replicates);
      const [pp, pc, cc] = [moment(plain, plain), moment(plain, control), moment(control, control)];
      return {
        node,
        estimator: specs.get(node)?.text ?? "",
        correlation: pp > 0 && cc > 0 ? pc / Math.sqrt(pp * cc) : null,
        varianceRatio: pp > 0 ? (pp - 2 * pc + cc) / pp : null,
        interval: intervalOf(plain, control, replicates, batchSize, pp > 0 ? (pp - 2 * pc + cc) / pp : null),
        bestCoefficient: cc > 0 ? pc / cc : null,
      };
    });
  });
}

/** The mean over samples, less its mean over replicates, `[R, B, …]`. */
function centred(parts: tf.Tensor, replicates: number): Float32Array {
  const rows = meanOverSamples(parts); // [R · B, …]
  const apart = tf.reshape(rows, [replicates, -1]);
  return tf.sub(apart, tf.mean(apart, 0, true)).dataSync<"float32">();
}

/** From independent pairs of replicates of each example, all units together; stretched to hold the ratio of all replicates. */
function intervalOf(
  plain: Float32Array,
  control: Float32Array,
  replicates: number,
  batchSize: number,
  ratio: number | null,
): readonly [number, number] | null {
  if (ratio === null) return null;
  const size = plain.length / replicates; // values of one replicate
  const units = size / batchSize;
  const left: number[] = [];
  const without: number[] = [];
  for (let r = 0; r + 1 < replicates; r += 2) {
    for (let row = 0; row < batchSize; row++) {
      let [own, bare] = [0, 0];
      for (let i = r * size + row * units; i < r * size + (row + 1) * units; i++) {
        const p = plain[i]! - plain[i + size]!;
        bare += p * p;
        own += (p - control[i]! + control[i + size]!) ** 2;
      }
      left.push(own);
      without.push(bare);
    }
  }
  const interval = ratioInterval(left, without);
  return interval && [Math.min(interval[0], ratio), Math.max(interval[1], ratio)];
}

function moment(a: Float32Array, b: Float32Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}
