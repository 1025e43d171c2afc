import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import type { ModelInstance } from "../graph/instance";
import type { RowRecorder } from "../model/buildContext";
import type { ModelDefinition } from "../model/defineModel";
import { type DenseCall, denseWeightRows, plainRows, type RowGradients } from "./rowGradients";
import { type Evaluation, type SurrogateRows, surrogateRows } from "./surrogate";
import { scaleRows } from "./scaleRows";
import { sumsOfRows } from "./sumsOfRows";
import { gradients, record } from "./tape";

export interface CollectedRows<T extends RowSums = SurrogateRows> {
  readonly rows: readonly RowGradients[];
  readonly surrogate: T;
}

/** Something with a value for every row, `[B']`, whose gradients are wanted apart. */
export interface RowSums {
  readonly surrogate: tf.Tensor;
}

interface RowsAtOnce extends CollectedRows<RowSums> {
  /** Every layer's input said which axis its rows are. */
  readonly certain: boolean;
}

type Form<T extends RowSums> = (evaluation: Evaluation) => T;

/** How often the rows of a model's text were collected at once, by how many rows there were. */
const uses = new WeakMap<ModelDefinition, Map<number, number>>();
/** Models whose text cannot take a parameter with an axis of rows in front, or mixes rows up. */
const needLoop = new WeakSet<ModelDefinition>();

/**
 * The gradient of every row apart, for every parameter. Call inside a tidy, which then owns all tensors of the result.
 *
 * Dense layers report inputs and output gradients; raw parameters get an axis of rows. At the first use of so many rows, the
 * second, the fourth and so on, since parameters move, a weighted sum over rows is compared with the ordinary gradient of the same sum, and
 * always where a layer's input does not say which axis its rows are: text that reads a parameter's axes from the front, or whose rows come out in another order,
 * falls back to one backward pass per row.
 *
 * @param form what is differentiated
 */
export function collectRows(
  instance: ModelInstance,
  evaluation: Omit<Evaluation, "functions">,
): CollectedRows<SurrogateRows>;
export function collectRows<T extends RowSums>(
  instance: ModelInstance,
  evaluation: Omit<Evaluation, "functions">,
  form: Form<T>,
): CollectedRows<T>;
export function collectRows(
  instance: ModelInstance,
  evaluation: Omit<Evaluation, "functions">,
  form: Form<RowSums> = surrogateRows,
): CollectedRows<RowSums> {
  const { definition } = instance;
  if (needLoop.has(definition)) return collectByLoop(instance, evaluation, form);
  const use = countUse(definition, evaluation.noise.layout.numRows);
  let byAxis: RowsAtOnce | null = null;
  try {
    byAxis = collectByAxis(instance, evaluation, form);
  } catch {
    // Text that fails on the extra axis takes the loop below; an error of the text itself shows there again.
  }
  if (byAxis) {
    const looks = !byAxis.certain || Number.isInteger(Math.log2(use));
    if (!looks || rowsAgree(instance, evaluation, form, byAxis)) return byAxis;
  }
  needLoop.add(definition);
  return collectByLoop(instance, evaluation, form);
}

/** Which use of so many rows this is, from 1. */
function countUse(definition: ModelDefinition, numRows: number): number {
  const counts = uses.get(definition) ?? new Map<number, number>();
  uses.set(definition, counts);
  const use = (counts.get(numRows) ?? 0) + 1;
  counts.set(numRows, use);
  return use;
}

/** Its multiples modulo 1 are as far apart as can be: weights of which no two rows have the same. */
const GOLDEN = 0.6180339887;

/** Whether a weighted sum of the rows is the gradient of the rows' surrogates under the same weights, to float32. */
function rowsAgree(
  instance: ModelInstance,
  evaluation: Omit<Evaluation, "functions">,
  form: Form<RowSums>,
  found: CollectedRows<RowSums>,
): boolean {
  const { numRows } = evaluation.noise.layout;
  const weights = tf.tensor1d(Float32Array.from({ length: numRows }, (_, row) => 0.5 + ((row * GOLDEN) % 1)));
  const recorded = record(() => form({ ...evaluation, functions: instance.functions }));
  const expected = gradients(
    recorded.tape,
    recorded.value.surrogate,
    instance.parameters.map(({ variable }) => variable),
    weights,
  );
  recorded.release();
  return expected.every((gradient, i) => {
    const sums = sumsOfRows(scaleRows(found.rows[i]!, weights), 1);
    const total = gradient ? tf.reshape(gradient, sums.shape) : tf.zerosLike(sums);
    const difference = tf.max(tf.abs(tf.sub(sums, total))).dataSync()[0]!;
    const scale = tf.max(sumsOfRows(absoluteRows(found.rows[i]!), 1)).dataSync()[0]!;
    return difference <= 1e-3 * scale + 1e-12;
  });
}

/** |a ⊗ δ| = |a| ⊗ |δ|: a dense layer's rows by their absolute values, or somewhat more where several calls add up. */
function absoluteRows({ name, shape, dense, materialise }: RowGradients): RowGradients {
  if (!dense) return plainRows(name, shape, tf.abs(materialise()));
  const calls = dense.calls.map(({ inputs, outputs }) => ({ inputs: tf.abs(inputs), outputs: tf.abs(outputs) }));
  return denseWeightRows(name, shape, dense.numRows, calls, dense.mask);
}

/** One forward pass, one backward pass for all rows. */
export function collectByAxis(
  instance: ModelInstance,
  evaluation: Omit<Evaluation, "functions">,
  form: Form<RowSums> = surrogateRows,
): RowsAtOnce {
  const { numRows } = evaluation.noise.layout;
  const calls = new Map<string, DenseCall[]>();
  const masks = new Map<string, tf.Tensor2D>();
  const raw = new Map<string, tf.Tensor>();
  let certain = true;
  const recorder: RowRecorder = {
    numRows,
    root: tf.scalar(0),
    raw(name, variable) {
      const spread = tf.tile(tf.reshape(variable, [1, 1, ...variable.shape]), [
        1,
        numRows,
        ...variable.shape.map(() => 1),
      ]);
      raw.set(name, spread);
      return spread;
    },
    unsure: () => void (certain = false),
    dense(layer, inputs, outputs, mask) {
      calls.set(layer, [
        ...(calls.get(layer) ?? []),
        { inputs: tf.keep(detach(inputs)), outputs: tf.keep(detach(outputs)) },
      ]);
      if (mask) masks.set(layer, mask);
    },
  };
  const functions = instance.functionsByRow(recorder);
  const recorded = record(() => form({ ...evaluation, functions }));
  const names = [...raw.keys()];
  const [, ...spread] = gradients(recorded.tape, recorded.value.surrogate, [
    recorder.root,
    ...names.map((name) => raw.get(name)!),
  ]);
  recorded.release();
  // Kept through the tidies of the backward pass, the pieces go over to the caller's.
  for (const list of calls.values())
    for (const call of list) for (const tensor of [call.inputs, call.outputs]) adopt(tensor);

  const rows = instance.parameters.map(({ name, shape }): RowGradients => {
    const layer = name.slice(0, name.lastIndexOf("/"));
    const size = shape.reduce((product, axis) => product * axis, 1);
    if (instance.denseNames.has(layer) && !raw.has(name)) {
      const used = calls.get(layer) ?? [];
      if (name.endsWith("/weight")) return denseWeightRows(name, shape, numRows, used, masks.get(layer) ?? null);
      const deltas = used.map(({ outputs }) =>
        outputs.shape[0] === numRows ? outputs : tf.sum(tf.reshape(outputs, [-1, numRows, size]), 0),
      );
      return plainRows(
        name,
        shape,
        (deltas.length === 0
          ? tf.zeros([numRows, size])
          : deltas.reduce((total, next) => tf.add(total, next))) as tf.Tensor2D,
      );
    }
    const gradient = spread[names.indexOf(name)];
    return plainRows(
      name,
      shape,
      (gradient ? tf.reshape(gradient, [numRows, size]) : tf.zeros([numRows, size])) as tf.Tensor2D,
    );
  });
  return { rows, surrogate: recorded.value, certain };
}

/** One forward pass and one backward pass per row: slow, and right for any text. */
export function collectByLoop(
  instance: ModelInstance,
  evaluation: Omit<Evaluation, "functions">,
  form: Form<RowSums> = surrogateRows,
): CollectedRows<RowSums> {
  const { numRows } = evaluation.noise.layout;
  const recorded = record(() => form({ ...evaluation, functions: instance.functions }));
  const variables = instance.parameters.map(({ variable }) => variable);
  const stacked: tf.Tensor[][] = variables.map(() => []);
  for (let row = 0; row < numRows; row++) {
    const weights = new Float32Array(numRows);
    weights[row] = 1;
    gradients(recorded.tape, recorded.value.surrogate, variables, tf.tensor1d(weights)).forEach((gradient, i) => {
      stacked[i]!.push(gradient ? tf.reshape(gradient, [1, -1]) : tf.zeros([1, variables[i]!.size]));
    });
  }
  recorded.release();
  const rows = instance.parameters.map(({ name, shape }, i) =>
    plainRows(name, shape, tf.concat(stacked[i]!, 0) as tf.Tensor2D),
  );
  return { rows, surrogate: recorded.value };
}

/** Puts a kept tensor under the running tidy's ownership. */
function adopt(tensor: tf.Tensor): void {
  tensor.kept = false;
  tf.engine().state.activeScope?.track.push(tensor);
}
