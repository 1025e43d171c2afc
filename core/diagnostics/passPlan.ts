/** How draws are taken in passes: every pass draws every example the same number of times. */
export interface PassPlan {
  /** Passes at most. */
  readonly passes: number;
  /** Draws of every example in one pass, even. */
  readonly replicates: number;
  /** Rows of one pass. */
  readonly rows: number;
  /** Evaluations that the examples of a pass are shared among; each has its own noise. */
  readonly chunks: number;
  /** First example and number of examples of a chunk. */
  examples(chunk: number): readonly [number, number];
}

/** Rows of a pass where examples are few. */
const ROWS = 256;
/** Samples of all rows of one evaluation, where samples are many. */
const SAMPLE_ROWS = 2048;
/** Examples of one evaluation at most: inner products are taken of all pairs of its rows. */
const MAX_EXAMPLES = 128;

/**
 * @param hasData whether the rows of a batch differ in more than noise; else all rows are draws of one
 * @param batchSize B: rows that one estimate is the mean of
 * @param draws estimates at most
 * @param samples of every row: rows are fewer where these are many
 */
export function planPasses(hasData: boolean, batchSize: number, draws: number, samples = 1): PassPlan {
  const most = Math.max(2, Math.floor(SAMPLE_ROWS / samples));
  const examples = hasData ? batchSize : 1;
  const perDraw = hasData ? 1 : batchSize;
  const unit = perDraw % 2 === 0 ? perDraw : 2 * perDraw;
  const wanted = Math.ceil(Math.min(ROWS, most) / examples / unit) * unit;
  const asked = Math.floor((draws * perDraw) / unit) * unit;
  const replicates = Math.max(unit, Math.min(wanted, asked));
  const chunks = Math.ceil(examples / Math.min(MAX_EXAMPLES, most));
  const size = Math.ceil(examples / chunks);
  return {
    passes: Math.max(1, Math.ceil((draws * perDraw) / replicates)),
    replicates,
    rows: replicates * examples,
    chunks,
    examples: (chunk) => [chunk * size, Math.min(size, examples - chunk * size)],
  };
}
