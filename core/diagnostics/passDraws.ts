import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import type { NodeEstimator } from "../estimators/estimator";
import { collectRows } from "../gradients/collectRows";
import { disposePieces, joinRows, piecesOf, type RowPieces, rowsOf } from "../gradients/joinRows";
import type { RowGradients } from "../gradients/rowGradients";
import { Noise } from "../random/noise";
import { tileRows } from "./enumerate";
import type { ExactRequest } from "./exactGradient";
import { DIAGNOSTIC_REPLICATE } from "./measureVariance";
import type { PassPlan } from "./passPlan";
import { type RowBlock, rowBlocks } from "./rowBlocks";
import type { Sliced } from "./sliced";

export type Estimators = ReadonlyMap<string, NodeEstimator>;

/** The rows of a chunk, which outlive tidies until they are disposed. */
export interface KeptRows {
  rows(): readonly RowGradients[];
  dispose(): void;
}

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
    const { replicates } = this.plan;
    const [, examples] = this.plan.examples(chunk);
    this.count(chunk);
    return this.block(estimators, pass, chunk, { firstExample: 0, examples, firstReplicate: 0, replicates });
  }

  /** The same in slices, of estimators that evaluate many copies of a row. Do not call it inside a tidy. */
  *kept(estimators: Estimators, pass: number, chunk: number): Sliced<KeptRows> {
    const { structure, numSamples: samples } = this.request;
    const { replicates } = this.plan;
    const [, examples] = this.plan.examples(chunk);
    const blocks = rowBlocks(structure, estimators, { examples, replicates, samples });
    const pieces: RowPieces[] = [];
    try {
      for (const block of blocks) {
        if (pieces.length > 0) yield 0;
        pieces.push(tidy(() => piecesOf(this.block(estimators, pass, chunk, block))));
      }
      const whole = pieces.length === 1 ? pieces.pop()! : tidy(() => piecesOf(joinRows(pieces, blocks)));
      this.count(chunk);
      return { rows: () => rowsOf(whole, replicates * examples), dispose: () => disposePieces(whole) };
    } finally {
      pieces.forEach(disposePieces);
    }
  }

  private count(chunk: number): void {
    this.evaluations += (this.plan.replicates * this.plan.examples(chunk)[1]) / this.request.batchSize;
  }

  private block(estimators: Estimators, pass: number, chunk: number, block: RowBlock): readonly RowGradients[] {
    const { instance, structure, objective, numSamples, seed, step } = this.request;
    const { plan } = this;
    const { examples: m, replicates: R } = block;
    const [from, of] = plan.examples(chunk);
    const data = Object.fromEntries(
      Object.entries(this.request.data).map(([name, x]) => [name, tf.slice(x, [0, from + block.firstExample], [1, m])]),
    );
    const firstReplicate = DIAGNOSTIC_REPLICATE + (pass * plan.chunks + chunk) * plan.replicates + block.firstReplicate;
    const noise = new Noise({
      ...{ seed, step, numSamples, numRows: R * m, replicates: R, firstReplicate },
      ...(m === of ? {} : { examples: { first: block.firstExample, of } }),
    });
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
