import { tf } from "../../backends/tf";
import { scaled } from "./arithmetic";
import { directionsOf, isLinear, type Jet, linearJet, spreadTerm, unfolded } from "./jet";
import { mapped, mappedWhole } from "./mapped";
import type { Rule, Rules, TaylorOperation } from "./rule";
import type { Term } from "./terms";

/** A kernel with the same attributes, one direction after the other. */
const byDirection =
  (kernelName: string): Rule =>
  ({ inputs, outputs, attributes, order, jet }) => {
    const [name, ...others] = Object.keys(inputs) as [string, ...string[]];
    const x = jet(name);
    if (!x || others.some((other) => jet(other))) return null;
    return outputs.map(({ shape }, i) =>
      mappedWhole(x, shape, order, (whole) =>
        tf.stack(
          tf.unstack(whole).map((each) => {
            const found = tf.engine().runKernel(kernelName, { ...inputs, [name]: each }, attributes as never);
            return Array.isArray(found) ? (found[i] as tf.Tensor) : (found as tf.Tensor);
          }),
        ),
      ),
    );
  };

/** Axes of the value moved behind the axis of directions. */
function behind(axes: number | readonly number[], rank: number): number[] {
  return (typeof axes === "number" ? [axes] : axes).map((axis) => (axis < 0 ? axis + rank : axis) + 1);
}

const same: Rule = ({ jet }) => [jet("x")!];

/** Sum over axes; along one that a coefficient repeats itself it counts as often. */
const sum: Rule = ({ inputs, outputs, attributes, order, jet }) => {
  const x = jet("x")!;
  const { axis, keepDims } = attributes as { axis: number | number[]; keepDims: boolean };
  const { shape } = inputs.x!;
  const axes = behind(axis, shape.length);
  const target = outputs[0]!.shape;
  if (axes.every((a) => shape[a - 1] === 1)) return [reshaped(x, target, order)];
  return [
    mapped(x, target, order, (term) => {
      const repeats = axes.reduce((product, a) => product * (term.shape[a] === 1 ? shape[a - 1]! : 1), 1);
      const total = tf.sum(term, axes, keepDims);
      return repeats === 1 ? total : tf.mul(total, repeats);
    }),
  ];
};

/** A new shape. Where only axes of size 1 come or go, a jet keeps its form. */
function reshaped(jet: Jet, shape: readonly number[], order: number): Jet {
  const wide = (sizes: readonly number[]): string => sizes.filter((size) => size !== 1).join();
  if (wide(jet.shape) !== wide(shape))
    return mappedWhole(jet, shape, order, (x) => tf.reshape(x, [x.shape[0]!, ...shape]));
  const reshape = (x: tf.Tensor, leading: number): tf.Tensor => {
    // A coefficient may have fewer axes than the value, and size 1 along any.
    const padded = [...Array<number>(Math.max(0, jet.shape.length + leading - x.rank)).fill(1), ...x.shape];
    const sizes = jet.shape.flatMap((size, axis) => (size === 1 ? [] : [padded[leading + axis]!]));
    return tf.reshape(x, [...padded.slice(0, leading), ...shape.map((size) => (size === 1 ? 1 : sizes.shift()!))]);
  };
  const leading = jet.slope ? 0 : 1;
  return {
    ...jet,
    shape,
    slope: jet.slope && reshape(jet.slope, 1),
    terms: jet.terms.map((term) => (term instanceof tf.Tensor ? reshape(term, leading) : term)),
  };
}

const reshape: Rule = ({ outputs, order, jet, inputs }) => [
  reshaped(jet(Object.keys(inputs)[0]!)!, outputs[0]!.shape, order),
];

const mean: Rule = (operation) => {
  const [total] = sum(operation) as [Jet];
  const { inputs, outputs } = operation;
  return [scaled(total, outputs[0]!.size / inputs.x!.size)];
};

/** The largest or smallest element: its own series; where several are equal, their mean. */
const extremum: Rule = (operation) => {
  const { inputs, outputs, attributes } = operation;
  const { shape } = inputs.x!;
  const { reductionIndices, keepDims } = attributes as { reductionIndices: number | number[]; keepDims: boolean };
  const axes = (typeof reductionIndices === "number" ? [reductionIndices] : reductionIndices).map((axis) =>
    axis < 0 ? axis + shape.length : axis,
  );
  const kept = tf.reshape(
    outputs[0]!,
    shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  );
  const hit = tf.equal(inputs.x!, kept).toFloat();
  const chosen = scaled(operation.jet("x")!, tf.div(hit, tf.sum(hit, axes, true)));
  return sum({ ...operation, jet: () => chosen, attributes: { axis: axes, keepDims } });
};

const transpose: Rule = ({ outputs, attributes, order, jet }) => {
  const x = jet("x")!;
  const perm = [0, ...behind((attributes as { perm: number[] }).perm, x.shape.length)];
  return [mapped(x, outputs[0]!.shape, order, (term) => tf.transpose(lengthened(term, x.shape.length + 1), perm))];
};

/** With axes of size 1 behind the axis of directions, up to `rank`. */
function lengthened(x: tf.Tensor, rank: number): tf.Tensor {
  const missing = rank - x.rank;
  if (missing <= 0) return x;
  return tf.reshape(x, [x.shape[0]!, ...Array<number>(missing).fill(1), ...x.shape.slice(1)]);
}

const slice: Rule = ({ outputs, attributes, order, jet }) => {
  const { begin } = attributes as { begin: number[] };
  const { shape } = outputs[0]!;
  return [
    mappedWhole(jet("x")!, shape, order, (x) =>
      tf.slice(x, [0, ...shape.map((_, axis) => begin[axis] ?? 0)], [x.shape[0]!, ...shape]),
    ),
  ];
};

const tile: Rule = ({ outputs, attributes, order, jet }) => {
  const x = jet("x")!;
  const { reps } = attributes as { reps: number[] };
  const { shape } = outputs[0]!;
  // Where an axis of size 1 is repeated, nothing changes: coefficients are broadcast anyway.
  if (reps.every((copies, axis) => copies === 1 || x.shape[axis] === 1)) return [{ ...x, shape }];
  return [mappedWhole(x, shape, order, (whole) => tf.tile(whole, [1, ...reps]))];
};

/** Several tensors along one axis, zeros where one does not depend on t. */
function joined(operation: TaylorOperation, join: (parts: tf.Tensor[]) => tf.Tensor): Jet {
  const { inputs, outputs, order, jet } = operation;
  const names = Object.keys(inputs);
  const jets = names.map((name) => jet(name));
  const present = jets.filter((found): found is Jet => found !== undefined);
  const directions = Math.max(...present.map(directionsOf));
  const degree = Math.max(...present.map((found) => found.degree));
  const linear = present.every((found) => found.slope && isLinear(found));
  const parts = jets.map((found) => found && unfolded(found));
  const part = (i: number, n: number): tf.Tensor =>
    spreadTerm(parts[i]?.terms[n] ?? 0, inputs[names[i]!]!.shape, directions);
  const terms = Array.from({ length: order + 1 }, (_, n): Term => {
    if (n === 0 || parts.every((found) => (found?.terms[n] ?? null) === null)) return null;
    return join(names.map((__, i) => part(i, n)));
  });
  const { shape } = outputs[0]!;
  return linear ? { ...linearJet(shape, terms[1] as tf.Tensor, order), degree } : { shape, slope: null, terms, degree };
}

const concat: Rule = (operation) => {
  const [axis] = behind((operation.attributes as { axis: number }).axis, operation.outputs[0]!.rank);
  return [joined(operation, (parts) => tf.concat(parts, axis))];
};

const pack: Rule = (operation) => {
  const [axis] = behind((operation.attributes as { axis: number }).axis, operation.outputs[0]!.rank);
  return [joined(operation, (parts) => tf.stack(parts, axis))];
};

const unpack: Rule = ({ inputs, outputs, attributes, order, jet }) => {
  const x = jet("value")!;
  const [axis] = behind((attributes as { axis: number }).axis, inputs.value!.rank);
  return outputs.map(({ shape }, i) =>
    mappedWhole(x, shape, order, (whole) => {
      const size = whole.shape.map((length, a) => (a === axis ? 1 : length));
      const begin = whole.shape.map((_, a) => (a === axis ? i : 0));
      return tf.squeeze(tf.slice(whole, begin, size), [axis!]);
    }),
  );
};

/** Zeros around: what is padded with does not move. */
const pad: Rule = ({ outputs, attributes, order, jet }) => {
  const { paddings } = attributes as { paddings: [number, number][] };
  return [mappedWhole(jet("x")!, outputs[0]!.shape, order, (x) => tf.pad(x, [[0, 0], ...paddings]))];
};

/** Numbers stay numbers; a change to whole or truth values jumps. */
const cast: Rule = ({ outputs, jet }) => [outputs[0]!.dtype === "float32" ? jet("x")! : null];

/** a b over the last two axes; with both depending on t the Cauchy product. */
const matMul: Rule = ({ inputs, outputs, attributes, order, jet }) => {
  const { transposeA = false, transposeB = false } = attributes as { transposeA?: boolean; transposeB?: boolean };
  const { shape } = outputs[0]!;
  const [a, b] = [jet("a"), jet("b")];
  const rank = shape.length + 1;
  const left = (term: tf.Tensor): tf.Tensor => spreadTerm(term, inputs.a!.shape, term.shape[0]!);
  const right = (term: tf.Tensor): tf.Tensor => spreadTerm(term, inputs.b!.shape, term.shape[0]!);
  const product = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => {
    const [wideX, wideY] = [lengthened(x, rank), lengthened(y, rank)];
    return tf.matMul(wideX, wideY, transposeA, transposeB);
  };
  const constant = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [1, ...x.shape]);
  if (!b) {
    const plain = inputs.b!;
    const isMatrix = plain.shape.slice(0, -2).every((size) => size === 1);
    const [columns, rows] = plain.shape.slice(-2) as [number, number];
    return [
      mapped(a!, shape, order, (term) => {
        if (!isMatrix || transposeA) return product(left(term), constant(plain));
        // One product of all directions and rows; a coefficient that repeats itself along rows stays short.
        const long = lengthened(term, a!.shape.length + 1);
        const inner = a!.shape[a!.shape.length - 1]!;
        const x = long.shape[long.rank - 1] === inner ? long : left(term);
        const flat = tf.matMul(tf.reshape(x, [-1, inner]), tf.reshape(plain, [columns, rows]), false, transposeB);
        return tf.reshape(flat, [...x.shape.slice(0, -1), flat.shape[1]!]);
      }),
    ];
  }
  if (!a) return [mapped(b, shape, order, (term) => product(constant(inputs.a!), right(term)))];
  const [x, y] = [unfolded(a), unfolded(b)];
  const terms = Array.from({ length: order + 1 }, (_, n): Term => {
    let total: Term = null;
    for (let k = 0; k <= n && n > 0; k++) {
      const [l, r] = [k === 0 ? constant(inputs.a!) : x.terms[k], k === n ? constant(inputs.b!) : y.terms[n - k]];
      if (!(l instanceof tf.Tensor) || !(r instanceof tf.Tensor)) continue;
      const each = product(k === 0 ? l : left(l), k === n ? r : right(r));
      total = total === null ? each : tf.add(total as tf.Tensor, each);
    }
    return total;
  });
  return [{ shape, slope: null, terms, degree: a.degree + b.degree }];
};

export const structuralRules: Rules = {
  Identity: same,
  Cast: cast,
  Reshape: reshape,
  ExpandDims: reshape,
  Sum: sum,
  Mean: mean,
  Max: extremum,
  Min: extremum,
  Transpose: transpose,
  Slice: slice,
  Tile: tile,
  Concat: concat,
  Pack: pack,
  Unpack: unpack,
  PadV2: pad,
  BatchMatMul: matMul,
  ...Object.fromEntries(
    [
      ...[
        "AvgPool",
        "BatchToSpaceND",
        "BroadcastTo",
        "Conv2D",
        "Cumsum",
        "DepthwiseConv2dNative",
        "GatherNd",
        "GatherV2",
      ],
      ...["ResizeBilinear", "Reverse", "SpaceToBatchND", "SplitV", "StridedSlice", "UnsortedSegmentSum"],
    ].map((name) => [name, byDirection(name)]),
  ),
};
