import { deviations } from "../backends/fused/deviations";
import { withinProducts } from "../backends/fused/withinProducts";
import { repeatedRows } from "../backends/repeatedRows";
import { tf } from "../backends/tf";
import { denseWeightRows, type RowGradients } from "../gradients/rowGradients";
import { sumsOfRows } from "../gradients/sumsOfRows";

/** Rows of a vector of which all pairs are multiplied. */
const FEW_ROWS = 64;
/** Rows of a dense weight of which all pairs are multiplied when nothing else tells how example means differ. */
const MANY_ROWS = 1024;
/**
 * A difference of inner products in float32 below this share of them: they are off by a few of their last digits, 2⁻²⁴ each, so it by 10⁻³ of
 * itself and more. Of a noise of 10⁻⁴ of the mean, 10⁻⁸ of the squares, nothing right would be left.
 */
const LOST = 2.5e-4;

/** R replicates r of m examples b, replicate-major: row r·m + b. Replicates fall into groups of equal size, one after another. */
export interface RowLayout {
  readonly examples: number;
  readonly replicates: number;
  readonly groups: number;
}

/** How gradients g_br lie about the means ḡ_b = 1/R Σ_r g_br of their examples. */
export interface ExampleSpread {
  /** R. */
  readonly replicates: number;
  /** Σ_r ‖g_br − ḡ_b‖² of every example. */
  readonly squares: Float64Array;
  /** Sample variances of each group about its own mean, independent of one another: group j of example b at j·m + b. */
  readonly groups: Float64Array;
  /** Left out where only the spread is asked for. */
  readonly means: {
    /** Σ_b ‖ḡ_b‖². */
    readonly ofExamples: number;
    /** ‖1/m Σ_b ḡ_b‖² = ‖ḡ‖². */
    readonly ofAll: number;
    /** Σ_b ‖ḡ_b − ḡ‖²; null where it is too small beside the means to be told. */
    readonly between: number | null;
  } | null;
}

/** As found from inner products, with Σ ‖g_br‖²: what is lost of small differences of them is seen by it. */
interface RoughSpread extends Omit<ExampleSpread, "means"> {
  readonly scale: number;
  readonly means: { readonly ofExamples: number; readonly ofAll: number } | null;
}

/**
 * The spread of one parameter's rows, from inner products inside each example alone: a dense weight's gradients Σ_c a_c ⊗ δ_c are never
 * formed. Where an example's input is the same in all replicates, Σ_r ‖g_br − ḡ_b‖² = ‖a_b‖² Σ_r ‖δ_br − δ̄_b‖². Where the spread is so small beside the
 * gradients that differences of products lose it, it is found anew from rows less one that is near all of them. Call inside a tidy.
 *
 * @param withMeans also the squares of means, which a dense weight needs a product with all rows for
 * @param gram the inner products of all pairs of rows where they are known, `[R·m, R·m]`
 */
export function exampleSpread(
  rows: RowGradients,
  layout: RowLayout,
  withMeans: boolean,
  gram?: Float32Array,
): ExampleSpread {
  const { scale, ...rough } = roughSpread(rows, layout, withMeans, gram);
  const { means } = rough;
  const isLost = sum(rough.squares) < LOST * scale;
  const spread = isLost ? { ...rough, ...fineSpread(rows, layout) } : rough;
  if (!means) return { ...spread, means };
  const { examples: m } = layout;
  const between = means.ofExamples - m * means.ofAll;
  const told = m === 1 || between >= LOST * means.ofExamples;
  return { ...spread, means: { ...means, between: told ? between : fineBetween(rows, layout) } };
}

function roughSpread(rows: RowGradients, layout: RowLayout, withMeans: boolean, gram?: Float32Array): RoughSpread {
  if (gram) return spreadOfGram(gram, layout);
  if (withMeans && layout.examples > 1 && few(rows, layout))
    return spreadOfGram(rows.gram().dataSync<"float32">(), layout);
  if (!rows.dense) return ofVectors(rows.materialise(), layout, withMeans);
  return ofConstantInputs(rows, layout, withMeans) ?? fromProducts(rows, layout, withMeans);
}

/** From deviations of the numbers that rows are made of, not of products. */
function fineSpread(rows: RowGradients, layout: RowLayout): Pick<ExampleSpread, "squares" | "groups"> {
  const { squares, groups } = rows.dense
    ? (ofConstantInputs(rows, layout, false) ?? fromProducts(aboutCentres(rows, layout), layout, false))
    : aboutMeans(rows.materialise(), layout);
  return { squares, groups };
}

/** Σ_b ‖ḡ_b − ḡ‖² from rows less one that is near all of them; null for more rows than are multiplied with one another. */
function fineBetween(rows: RowGradients, { examples: m, replicates: R }: RowLayout): number | null {
  const n = m * R;
  if (!rows.dense) {
    const means = tf.mean(tf.reshape(rows.materialise(), [R, m, -1]), 0) as tf.Tensor2D;
    return sum(deviations(means, m).squares.dataSync<"float32">());
  }
  if (n > MANY_ROWS) return null;
  const gram = aboutCentres(rows, { examples: 1, replicates: n }).gram().dataSync<"float32">();
  let [ofExamples, all] = [0, 0];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const product = gram[i * n + j]! / R ** 2;
      all += product;
      if (i % m === j % m) ofExamples += product;
    }
  return Math.max(0, ofExamples - all / m);
}

/**
 * A dense weight's rows less c_b = Σ_c ā_cb ⊗ δ̄_cb, with ā and δ̄ the means over an example's replicates: g_br − c_b = Σ_c a ⊗ (δ − δ̄) + (a − ā) ⊗ δ̄, all of
 * whose terms are as small as the differences are.
 */
function aboutCentres(rows: RowGradients, { examples: m, replicates: R }: Omit<RowLayout, "groups">): RowGradients {
  const { numRows, calls, mask } = rows.dense!;
  const apart = (x: tf.Tensor2D): { readonly centre: tf.Tensor2D; readonly deviation: tf.Tensor2D } => {
    const copies = tf.reshape(x, [-1, R, m, x.shape[1]]);
    const mean = tf.mean(copies, 1, true);
    return {
      centre: tf.reshape(tf.broadcastTo(mean, copies.shape), x.shape),
      deviation: tf.reshape(tf.sub(copies, mean), x.shape),
    };
  };
  const apartCalls = calls.flatMap(({ inputs, outputs }) => {
    const own = apart(outputs);
    return [
      { inputs, outputs: own.deviation },
      { inputs: apart(inputs).deviation, outputs: own.centre },
    ];
  });
  return denseWeightRows(rows.name, rows.shape, numRows, apartCalls, mask);
}

/** Products of all pairs of few rows cost less than one with the weight's shape, and a layer's bias shares them with its weight. */
function few({ dense, shape }: RowGradients, { examples, replicates }: RowLayout): boolean {
  if (!dense) return examples * replicates <= FEW_ROWS;
  const numbers = dense.calls.reduce((sum, { inputs, outputs }) => sum + inputs.size + outputs.size, 0);
  return !dense.mask && numbers < shape[0]! * shape[1]!;
}

/** From all rows as they are, `[R·m, P]`, in float64. */
export function spreadOfValues(values: Float32Array, layout: RowLayout): ExampleSpread {
  const { examples: m, replicates: R } = layout;
  const P = values.length / (m * R);
  const all = new Float64Array(P);
  let ofExamples = 0;
  const squaresOf = (b: number, from: number, size: number, each: (mean: Float64Array) => void): number => {
    const mean = new Float64Array(P);
    for (let r = from; r < from + size; r++)
      for (let e = 0; e < P; e++) mean[e]! += values[(r * m + b) * P + e]! / size;
    each(mean);
    let total = 0;
    for (let r = from; r < from + size; r++)
      for (let e = 0; e < P; e++) total += (values[(r * m + b) * P + e]! - mean[e]!) ** 2;
    return total;
  };
  const squares = Float64Array.from({ length: m }, (_, b) =>
    squaresOf(b, 0, R, (mean) => {
      ofExamples += sum(mean.map((value) => value * value));
      for (let e = 0; e < P; e++) all[e]! += mean[e]! / m;
    }),
  );
  const groups = groupVariances(squares, layout, (...of) => squaresOf(...of, () => undefined));
  const ofAll = sum(all.map((value) => value * value));
  return { replicates: R, squares, groups, means: { ofExamples, ofAll, between: ofExamples - m * ofAll } };
}

/** From the inner products of all pairs of rows, `[R·m, R·m]`. */
function spreadOfGram(gram: ArrayLike<number>, layout: RowLayout): RoughSpread {
  const { examples: m, replicates: R } = layout;
  const n = m * R;
  const within = new Float64Array(m * R * R);
  for (let b = 0; b < m; b++)
    for (let r = 0; r < R; r++)
      for (let s = 0; s < R; s++) within[(b * R + r) * R + s] = gram[(r * m + b) * n + s * m + b]!;
  const { ofExamples, ...spread } = centred(within, layout);
  return { ...spread, means: { ofExamples, ofAll: sum(gram) / (n * n) } };
}

function ofVectors(rows: tf.Tensor2D, layout: RowLayout, withMeans: boolean): RoughSpread {
  const { mean, ...spread } = aboutMeans(rows, layout);
  const means = withMeans
    ? { ofExamples: scalar(tf.sum(tf.square(mean))), ofAll: scalar(tf.sum(tf.square(tf.mean(mean, 0)))) }
    : null;
  return { ...spread, means };
}

/** @param weights of each example's squares, ones when left out */
function aboutMeans(
  rows: tf.Tensor2D,
  { examples: m, replicates: R, groups: count }: RowLayout,
  weights?: ArrayLike<number>,
): Omit<RoughSpread, "means"> & { readonly mean: tf.Tensor2D } {
  /** Of `parts` groups of every example: each of them is one. */
  const squaresOf = (parts: number): { readonly mean: tf.Tensor2D; readonly totals: Float64Array } => {
    const size = R / parts;
    // Group j of replicates is its rows from j·size·m on.
    const pieces = Array.from({ length: parts }, (_, j) =>
      deviations(parts === 1 ? rows : tf.slice(rows, [j * size * m, 0], [size * m, rows.shape[1]]), size),
    );
    const totals = new Float64Array(parts * m);
    pieces.forEach(({ squares }, j) =>
      squares.dataSync<"float32">().forEach((square, i) => {
        totals[j * m + (i % m)]! += square * (weights?.[i % m] ?? 1);
      }),
    );
    return { mean: pieces[0]!.mean, totals };
  };
  const { mean, totals: squares } = squaresOf(1);
  const variances = count === 1 ? squares : squaresOf(count).totals;
  const apart = { squares, groups: variances.map((square) => square / (R / count - 1)) };
  // Deviations are taken of the numbers themselves.
  return { replicates: R, ...apart, mean, scale: 0 };
}

/** Null where the inputs are not the same for every replicate of an example, or more than one vector a row. */
function ofConstantInputs({ dense }: RowGradients, layout: RowLayout, withMeans: boolean): RoughSpread | null {
  const { examples: m, replicates: R } = layout;
  const { calls, mask } = dense!;
  const [call] = calls;
  const repeated = calls.length === 1 && !mask ? repeatedRows(call!.inputs) : null;
  if (!call || repeated?.copies !== R || call.outputs.shape[0] !== m * R || call.inputs.shape[0] !== m * R) return null;
  const inputs = tf.reshape(repeated.base, [m, call.inputs.shape[1]]) as tf.Tensor2D;
  const norms = tf.sum(tf.square(inputs), 1).dataSync<"float32">();
  const { mean, ...spread } = aboutMeans(call.outputs, layout, norms);
  if (!withMeans) return { ...spread, means: null };
  const products = tf.mul(tf.matMul(inputs, inputs, false, true), tf.matMul(mean, mean, false, true)).dataSync();
  let ofExamples = 0;
  for (let b = 0; b < m; b++) ofExamples += products[b * m + b]!;
  return { ...spread, means: { ofExamples, ofAll: sum(products) / m ** 2 } };
}

function fromProducts(rows: RowGradients, layout: RowLayout, withMeans: boolean): RoughSpread {
  const { examples: m, replicates: R } = layout;
  const { calls, mask } = rows.dense!;
  const n = m * R;
  const join = (tensors: readonly tf.Tensor2D[]): tf.Tensor2D =>
    tensors.length === 1 ? tensors[0]! : (tf.concat([...tensors], 0) as tf.Tensor2D);
  const numbers = (): tf.Tensor => {
    const a = join(calls.map(({ inputs }) => inputs));
    const d = join(calls.map(({ outputs }) => outputs));
    const C = a.shape[0] / n;
    // Samples and calls are further copies of an example: row c·n + r·m + b is copy c·R + r of example b.
    const products = mask
      ? maskedProducts(a, d, mask, C * R)
      : tf.mul(withinProducts(a, C * R), withinProducts(d, C * R));
    return C === 1 ? products : tf.sum(tf.reshape(products, [m, C, R, C, R]), [1, 3]);
  };
  const within = calls.length === 0 ? new Float64Array(m * R * R) : numbers().dataSync<"float32">();
  const { ofExamples, ...spread } = centred(within, layout);
  if (!withMeans) return { ...spread, means: null };
  const ofAll = m === 1 ? ofExamples : scalar(tf.sum(tf.square(sumsOfRows(rows, 1)))) / n ** 2;
  return { ...spread, means: { ofExamples, ofAll } };
}

/** Σ_u δ_ru δ_su Σ_v M_vu a_rv a_sv for the copies r, s of each example, `[m, copies, copies]`: one row of it at a time. */
function maskedProducts(a: tf.Tensor2D, d: tf.Tensor2D, mask: tf.Tensor2D, copies: number): tf.Tensor {
  const m = a.shape[0] / copies;
  const apart = (x: tf.Tensor2D): tf.Tensor3D => tf.reshape(x, [copies, m, x.shape[1]]);
  const [inputs, outputs] = [apart(a), apart(d)];
  const rows = Array.from({ length: copies }, (_, r) =>
    tf.tidy(() => {
      const times = (x: tf.Tensor3D): tf.Tensor2D =>
        tf.reshape(tf.mul(x, tf.slice(x, [r, 0, 0], [1, m, x.shape[2]])), [copies * m, x.shape[2]]);
      return tf.reshape(tf.sum(tf.mul(tf.matMul(times(inputs), mask), times(outputs)), 1), [copies, m]);
    }),
  );
  return tf.transpose(tf.stack(rows), [2, 0, 1]);
}

/** @param within inner products inside each example, `[m, R, R]` */
function centred(
  within: ArrayLike<number>,
  layout: RowLayout,
): Omit<RoughSpread, "means"> & { readonly ofExamples: number } {
  const { examples: m, replicates: R } = layout;
  let ofExamples = 0;
  let scale = 0;
  /** Σ_r ‖g_r − ḡ‖² = Σ_r ‖g_r‖² − ⟨g_r, ḡ⟩ over replicates from … from + size − 1, and ‖ḡ‖². */
  const squaresOf = (b: number, from: number, size: number): { readonly squares: number; readonly mean: number } => {
    const at = (r: number, s: number): number => within[(b * R + r) * R + s]!;
    let squares = 0;
    let mean = 0;
    for (let r = from; r < from + size; r++) {
      let towards = 0; // ⟨g_r, ḡ⟩
      for (let s = from; s < from + size; s++) towards += at(r, s) / size;
      squares += at(r, r) - towards;
      mean += towards / size;
    }
    return { squares: Math.max(0, squares), mean };
  };
  const squares = Float64Array.from({ length: m }, (_, b) => {
    const found = squaresOf(b, 0, R);
    ofExamples += found.mean;
    for (let r = 0; r < R; r++) scale += within[(b * R + r) * R + r]!;
    return found.squares;
  });
  const groups = groupVariances(squares, layout, (...of) => squaresOf(...of).squares);
  return { replicates: R, squares, groups, ofExamples, scale };
}

/**
 * The sample variance of every group.
 *
 * @param squares of each example's replicates, all of them one group
 * @param squaresOf those of an example's replicates from … from + size − 1
 */
function groupVariances(
  squares: Float64Array,
  { examples: m, replicates: R, groups: count }: RowLayout,
  squaresOf: (b: number, from: number, size: number) => number,
): Float64Array {
  if (count === 1) return squares.map((square) => square / (R - 1));
  const size = R / count;
  return Float64Array.from(
    { length: count * m },
    (_, i) => squaresOf(i % m, Math.floor(i / m) * size, size) / (size - 1),
  );
}

function scalar(x: tf.Tensor): number {
  return x.dataSync()[0]!;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
