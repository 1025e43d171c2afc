import { tidy } from "../../backends/tidy";
import { differenceOfRows } from "../../gradients/differenceOfRows";
import type { RowGradients } from "../../gradients/rowGradients";
import { sumsOfRows } from "../../gradients/sumsOfRows";
import { type KeptRows, PassDraws } from "../passDraws";
import { planPasses } from "../passPlan";
import { finish, type Sliced } from "../sliced";
import type { ChunkKind, ChunkSubject, EstimatorSet } from "./chunks";

/** Tensors up to this size are also measured element by element from rows. */
export const SMALL = 2048;

/** One pass's share of examples. Sets: the estimators as they are, the same with score control, and the reference if there is one. */
export interface PassShare {
  readonly seed: number;
  readonly step: number;
  /** Estimates at most, which the plan of passes follows from. */
  readonly draws: number;
  readonly hasData: boolean;
  readonly pass: number;
  readonly chunk: number;
  /** Take the rows' inner products, too. */
  readonly gram: boolean;
  /** Draw the estimators as they are, too. */
  readonly plain: boolean;
}

/** What is kept of the rows of one tensor. */
export interface RowParts {
  /** Sums of the rows' first and second half, `[2, size]`. */
  readonly sums: Float32Array;
  /** Σ (row − mean over replicates)², by element; null for large tensors. */
  readonly within: Float64Array | null;
  /** Inner products of the rows, where they were asked for. */
  readonly gram: Float32Array | null;
}

interface PassParts {
  /** ĝ − reference, or ĝ where the gradient is known; one entry a parameter. */
  readonly difference: readonly RowParts[];
  readonly reference: readonly RowParts[] | null;
  /** The estimates as they are, where they were drawn. */
  readonly own: readonly RowParts[] | null;
  /** Whole-batch estimates drawn for it. */
  readonly evaluations: number;
}

/** Draws the rows of one pass's share of examples. */
export const biasPass: ChunkKind<PassShare, PassParts> = {
  id: "bias-pass",
  compute: (subject, share) => finish(slices(subject, share)),
  slices,
};

/** Gives way between evaluations of rows, and between tensors. */
function* slices(
  subject: ChunkSubject,
  { seed, step, draws, hasData, pass, chunk, gram, plain }: PassShare,
): Sliced<PassParts> {
  const [raw, own, other] = subject.sets;
  const plan = planPasses(hasData, subject.batchSize, draws);
  const draw = new PassDraws({ ...subject, seed, step }, plan);
  const [, m] = plan.examples(chunk);
  const all: KeptRows[] = [];
  const drawn = function* ({ estimators }: EstimatorSet): Sliced<KeptRows> {
    if (all.length > 0) yield 0;
    const kept = yield* draw.kept(estimators, pass + 1, chunk);
    all.push(kept);
    return kept;
  };
  const keep = (rows: RowGradients, wanted: boolean): RowParts => {
    const size = rows.shape.reduce((product, axis) => product * axis, 1);
    return {
      sums: sumsOfRows(rows, 2).dataSync<"float32">(),
      within: size <= SMALL ? squaresWithin(rows.materialise().dataSync<"float32">(), m, plan.replicates, size) : null,
      gram: wanted ? rows.gram().dataSync<"float32">() : null,
    };
  };
  const parts = function* (count: number, make: (i: number) => RowParts): Sliced<readonly RowParts[]> {
    const made: RowParts[] = [];
    for (let i = 0; i < count; i++) {
      yield 0;
      made.push(tidy(() => make(i)));
    }
    return made;
  };
  try {
    const rows = (yield* drawn(own!)).rows();
    const others = other ? (yield* drawn(other)).rows() : null;
    const bare =
      own!.control !== 0
        ? plain
          ? (yield* drawn(raw!)).rows()
          : null
        : others // without a reference the difference is the estimate itself
          ? rows
          : null;
    return {
      difference: yield* parts(rows.length, (i) =>
        keep(others ? differenceOfRows(rows[i]!, others[i]!) : rows[i]!, gram),
      ),
      reference: others && (yield* parts(rows.length, (i) => keep(others[i]!, gram))),
      own: bare && (yield* parts(rows.length, (i) => keep(bare[i]!, false))),
      evaluations: draw.evaluations,
    };
  } finally {
    for (const kept of all) kept.dispose();
  }
}

/** @param values rows `[R·m, size]`, replicate-major */
function squaresWithin(values: Float32Array, m: number, R: number, P: number): Float64Array {
  const within = new Float64Array(P);
  for (let b = 0; b < m; b++) {
    for (let e = 0; e < P; e++) {
      let mean = 0;
      for (let r = 0; r < R; r++) mean += values[(r * m + b) * P + e]! / R;
      for (let r = 0; r < R; r++) within[e]! += (values[(r * m + b) * P + e]! - mean) ** 2;
    }
  }
  return within;
}
