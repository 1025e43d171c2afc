import { tf } from "../backends/tf";
import { denseWeightRows, plainRows, type RowGradients } from "./rowGradients";

/** The tensors that the gradients of some rows are made of, one entry a parameter. */
export type RowPieces = readonly {
  readonly name: string;
  readonly shape: readonly number[];
  /** Inputs and output gradients of every call of a dense layer, in turn; else the rows themselves. */
  readonly tensors: readonly tf.Tensor2D[];
  /** Whether they are a dense layer's, and its mask. */
  readonly dense: { readonly mask: tf.Tensor2D | null } | null;
}[];

/** Takes rows apart, so that their tensors can outlive the tidy that made them. */
export function piecesOf(rows: readonly RowGradients[]): RowPieces {
  return rows.map(({ name, shape, dense, materialise }) => ({
    name,
    shape,
    tensors: dense ? dense.calls.flatMap(({ inputs, outputs }) => [inputs, outputs]) : [materialise()],
    dense: dense ? { mask: dense.mask && dense.mask.clone() } : null,
  }));
}

export function disposePieces(pieces: RowPieces): void {
  for (const { tensors, dense } of pieces) tf.dispose(dense?.mask ? [...tensors, dense.mask] : [...tensors]);
}

/** Rows put together again. */
export function rowsOf(pieces: RowPieces, numRows: number): readonly RowGradients[] {
  return pieces.map(({ name, shape, tensors, dense }) => {
    if (!dense) return plainRows(name, shape, tensors[0]!);
    const calls = Array.from({ length: tensors.length / 2 }, (_, call) => ({
      inputs: tensors[2 * call]!,
      outputs: tensors[2 * call + 1]!,
    }));
    return denseWeightRows(name, shape, numRows, calls, dense.mask);
  });
}

/** Of the rows of a chunk: how many examples, from which on, and how often each of them. */
interface Block {
  readonly firstExample: number;
  readonly examples: number;
  readonly replicates: number;
}

/**
 * The rows of all blocks as if they had been collected at once, replicate-major. Call inside a tidy, which then owns what is made.
 *
 * @param blocks by example, those of the same examples by replicate
 */
export function joinRows(pieces: readonly RowPieces[], blocks: readonly Block[]): readonly RowGradients[] {
  /** A dense layer's weight and bias share output gradients, here as there. */
  const joined = new Map<tf.Tensor, tf.Tensor2D>();
  const join = (parameter: number, at: number): tf.Tensor2D => {
    const key = pieces[0]![parameter]!.tensors[at]!;
    const made =
      joined.get(key) ??
      joinTensors(
        pieces.map((each) => each[parameter]!.tensors[at]!),
        blocks,
      );
    joined.set(key, made);
    return made;
  };
  const whole = pieces[0]!.map((piece, parameter) => ({
    ...piece,
    tensors: piece.tensors.map((_, at) => join(parameter, at)),
  }));
  return rowsOf(
    whole,
    blocks.reduce((sum, { examples, replicates }) => sum + examples * replicates, 0),
  );
}

/** @param parts `[C · R' · m', width]` each */
function joinTensors(parts: readonly tf.Tensor2D[], blocks: readonly Block[]): tf.Tensor2D {
  const width = parts[0]!.shape[1];
  const ofExamples = new Map<number, tf.Tensor4D[]>();
  parts.forEach((part, i) => {
    const { firstExample, examples, replicates } = blocks[i]!;
    const list = ofExamples.get(firstExample) ?? [];
    list.push(tf.reshape(part, [-1, replicates, examples, width]));
    ofExamples.set(firstExample, list);
  });
  const columns = [...ofExamples.values()].map((list) => tf.concat(list, 1));
  return tf.reshape(tf.concat(columns, 2), [-1, width]);
}
