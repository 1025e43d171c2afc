import { customOp } from "../backends/customOp";
import { affine } from "../backends/fused/affine";
import { tf } from "../backends/tf";
import { GradlensError } from "../errors";
import { buildContext, type RowRecorder } from "./buildContext";
import { callSite } from "./callSite";
import { denseOfCopies } from "./changedUnits";
import { remembered } from "./denseMemo";
import { glorotUniform, type ParameterInit, zeros } from "./initializers";
import { currentTrace } from "./traceContext";
import { refuseUnknown } from "../refuseUnknown";

export interface DenseOptions {
  /** First value of the weight, `[inputs, units]`; Glorot uniform when left out. */
  readonly weight?: ParameterInit;
  /** First value of the bias, `[units]`; zero when left out. */
  readonly bias?: ParameterInit;
  /** Zeros and ones, `[inputs, units]`: which connections exist, for example a strict triangle for autoregression. */
  readonly mask?: tf.Tensor2D;
}

/**
 * A dense layer `x => x W + b` with parameters `name/weight` `[inputs, units]` and `name/bias` `[units]`. x is `[…, inputs]`.
 * Diagnostics read every example's gradient from the layer's inputs and output gradients without forming it.
 */
export function dense(
  name: string,
  inputs: number,
  units: number,
  options: DenseOptions = {},
): (x: tf.Tensor) => tf.Tensor {
  const context = buildContext(`dense("${name}")`);
  refuseUnknown(`dense("${name}")`, options, ["weight", "bias", "mask"]);
  const source = callSite();
  const at = source ? { source } : {};
  if (!(Number.isInteger(inputs) && Number.isInteger(units) && inputs > 0 && units > 0)) {
    throw new GradlensError(
      "GL1107",
      `dense("${name}") needs whole positive numbers of inputs and units, got ${inputs} and ${units}`,
      at,
    );
  }
  for (const parameterName of [`${name}/weight`, `${name}/bias`]) {
    if (context.names.has(parameterName))
      throw new GradlensError(
        "GL1106",
        `parameter "${parameterName}" is declared twice; give each layer its own name`,
        at,
      );
    context.names.add(parameterName);
  }
  context.denseNames.add(name);
  const weight = context.store.declare(`${name}/weight`, options.weight ?? glorotUniform(inputs, units), source);
  const bias = context.store.declare(`${name}/bias`, options.bias ?? zeros([units]), source);
  for (const [parameter, expected] of [
    [weight, [inputs, units]],
    [bias, [units]],
  ] as const) {
    if (parameter.shape.join() !== expected.join()) {
      throw new GradlensError(
        "GL1108",
        `parameter "${parameter.name}" needs shape [${expected.join(", ")}], got [${parameter.shape.join(", ")}]`,
        at,
      );
    }
  }
  const { rows } = context;
  const { mask } = options;
  if (mask && mask.shape.join() !== [inputs, units].join()) {
    throw new GradlensError(
      "GL1109",
      `the mask of dense("${name}") needs shape [${inputs}, ${units}], got [${mask.shape.join(", ")}]`,
      at,
    );
  }

  return (given) => {
    const width = given.shape[given.rank - 1];
    const x = rows && width === inputs ? spreadOverRows(given, rows) : given;
    if (width !== inputs)
      throw new GradlensError(
        "GL1110",
        `dense("${name}") expects ${inputs} inputs on the last axis, got a tensor [${given.shape.join(", ")}]`,
        at,
      );
    const kernel = (): tf.Tensor2D =>
      mask ? tf.mul(weight.variable, mask) : (weight.variable as unknown as tf.Tensor2D);
    const layer = (input: tf.Tensor): tf.Tensor => affine(input, kernel(), bias.variable);
    const forward = (): tf.Tensor => remembered(name, given, () => denseOfCopies(name, x, kernel, layer) ?? layer(x));
    const times = (dx: tf.Tensor): tf.Tensor =>
      tf.matMul(tf.reshape(dx, [-1, inputs]) as tf.Tensor2D, kernel()).reshape([...dx.shape.slice(0, -1), units]);
    const series = { linear: { x: times } } as const;
    const towardsInput = (dy: tf.Tensor): tf.Tensor =>
      tf.matMul(tf.reshape(dy, [-1, units]) as tf.Tensor2D, kernel(), false, true).reshape(x.shape);
    const y = rows
      ? customOp(
          "Dense",
          { x, root: rows.root },
          forward,
          (dy) => ({
            x: () => towardsInput(dy),
            root: () => {
              rows.dense(name, rowsLast(x, rows.numRows), rowsLast(dy, rows.numRows), mask ?? null);
              return tf.scalar(0);
            },
          }),
          series,
        )
      : customOp(
          "Dense",
          { x, weight: weight.variable, bias: bias.variable },
          forward,
          (dy) => ({
            x: () => towardsInput(dy),
            weight: () => {
              const gradient = tf.matMul(
                tf.reshape(x, [-1, inputs]) as tf.Tensor2D,
                tf.reshape(dy, [-1, units]) as tf.Tensor2D,
                true,
                false,
              );
              return mask ? tf.mul(gradient, mask) : gradient;
            },
            bias: () =>
              tf.sum(
                dy,
                dy.shape.slice(1).map((_, axis) => axis),
              ),
          }),
          series,
        );
    currentTrace()?.layer?.({ name, input: given, output: y, units, source });
    return y;
  };
}

/** An input without rows of its own, the same vectors for each, as `[C, B', width]` or with its second axis repeated. */
function spreadOverRows(x: tf.Tensor, rows: RowRecorder): tf.Tensor {
  const { numRows } = rows;
  if (numRows === 1 || hasRows(x, numRows)) return x;
  const width = x.shape[x.rank - 1]!;
  const vectors = x.size / width;
  if (x.rank >= 3 && x.shape[1] === 1)
    return tf.tile(
      x,
      x.shape.map((_, axis) => (axis === 1 ? numRows : 1)),
    );
  if (vectors > 1) rows.unsure();
  return vectors % numRows === 0 ? x : tf.tile(tf.reshape(x, [-1, 1, width]), [1, numRows, 1]);
}

/** `[S, B', …, width]` as `[S · …, B', width]` in one axis; text that has flattened its rows has put them last. */
function rowsLast(x: tf.Tensor, numRows: number): tf.Tensor2D {
  const width = x.shape[x.rank - 1]!;
  if (x.rank < 4 || !hasRows(x, numRows)) return tf.reshape(x, [-1, width]);
  const between = x.shape.map((_, axis) => axis).slice(2, -1);
  return tf.reshape(tf.transpose(x, [0, ...between, 1, x.rank - 1]), [-1, width]);
}

const hasRows = (x: tf.Tensor, numRows: number): boolean => x.rank >= 3 && x.shape[1] === numRows;
