import { tf } from "../backends/tf";
import type { NodeEstimator } from "../estimators/estimator";
import { collectRows } from "../gradients/collectRows";
import type { RowGradients } from "../gradients/rowGradients";
import { Noise } from "../random/noise";
import { tileRows } from "./enumerate";
import type { ExactRequest } from "./exactGradient";
import { DIAGNOSTIC_REPLICATE } from "./measureVariance";
import type { PassPlan } from "./passPlan";

export type Estimators = ReadonlyMap<string, NodeEstimator>;

/** Draws rows of gradients pass by pass: the same pass gives every estimator the same noise, other passes give other noise. */
export class PassDraws {
  /** Whole-batch estimates computed so far. */
  evaluations = 0;

  constructor(
    private readonly request: ExactRequest & { readonly seed: number; readonly step: number },
    readonly plan: PassPlan,
  ) {}

  /** The rows of one chunk of a pass, replicate-major. Call inside a tidy. */
  rows(estimators: Estimators, pass: number, chunk: number): readonly RowGradients[] {
    const { instance, structure, objective, numSamples, seed, step, batchSize } = this.request;
    const R = this.plan.replicates;
    const [from, m] = this.plan.examples(chunk);
    this.evaluations += (R * m) / batchSize;
    const data = Object.fromEntries(
      Object.entries(this.request.data).map(([name, x]) => [name, tf.slice(x, [0, from], [1, m])]),
    );
    const firstReplicate = DIAGNOSTIC_REPLICATE + (pass * this.plan.chunks + chunk) * R;
    const noise = new Noise({ seed, step, numSamples, numRows: R * m, replicates: R, firstReplicate });
    return collectRows(instance, {
      structure,
      objective,
      estimators,
      data: tileRows(data, R),
      noise,
      training: false,
    }).rows;
  }
}
