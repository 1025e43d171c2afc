import { tf } from "../../backends/tf";
import { added, scaled } from "./arithmetic";
import { type Jet, lifted } from "./jet";
import type { Rule, Rules, TaylorOperation } from "./rule";

/**
 * Functions made of linear pieces: every coefficient is multiplied by the slope of the piece that x₀ lies on. At a kink the slope is
 * the one that TensorFlow.js's gradient takes; what the kink itself holds, no derivative sees.
 */
const pieces =
  (slope: (x0: tf.Tensor, attributes: TaylorOperation["attributes"]) => tf.Tensor): Rule =>
  ({ inputs, attributes, jet }) => [scaled(jet("x")!, slope(inputs.x!, attributes))];

/** a where `takesA`, else b. */
function either({ jet, outputs, order }: TaylorOperation, a: string, b: string, takesA: tf.Tensor): Jet | null {
  const { shape } = outputs[0]!;
  const part = (name: string, mask: () => tf.Tensor): Jet | undefined => {
    const found = jet(name);
    return found && scaled({ ...lifted(found, shape.length), shape }, mask());
  };
  const [first, second] = [part(a, () => takesA), part(b, () => tf.sub(1, takesA))];
  return (first ?? second) ? added(first, second, 1, order) : null;
}

const larger =
  (sign: 1 | -1): Rule =>
  (operation) => {
    const { a, b } = operation.inputs as { a: tf.Tensor; b: tf.Tensor };
    const takesA = (sign > 0 ? tf.greaterEqual(a, b) : tf.lessEqual(a, b)).toFloat();
    return [either(operation, "a", "b", takesA)];
  };

const between = (low: number, high: number, x: tf.Tensor): tf.Tensor =>
  tf.mul(tf.greater(x, low).toFloat(), tf.less(x, high).toFloat());

/** Jumps and counts: no derivative anywhere. */
const nothing: Rule = ({ outputs }) => outputs.map(() => null);

export const piecewiseRules: Rules = {
  Relu: pieces((x) => tf.step(x)),
  Relu6: pieces((x) => between(0, 6, x)),
  LeakyRelu: pieces((x, { alpha }) => tf.step(x, alpha as number)),
  Abs: pieces((x) => tf.sign(x)),
  ClipByValue: pieces((x, { clipValueMin, clipValueMax }) =>
    tf.mul(tf.greaterEqual(x, clipValueMin as number).toFloat(), tf.lessEqual(x, clipValueMax as number).toFloat()),
  ),
  Prelu: (operation) => {
    const { inputs, jet } = operation;
    if (jet("alpha")) return null;
    const positive = tf.step(inputs.x!);
    return [scaled(jet("x")!, tf.add(positive, tf.mul(tf.sub(1, positive), inputs.alpha!)))];
  },
  Maximum: larger(1),
  Minimum: larger(-1),
  Select: (operation) => [
    either(operation, "t", "e", tf.broadcastTo(operation.inputs.condition!.toFloat(), operation.outputs[0]!.shape)),
  ],
  ...Object.fromEntries(
    [
      ...[
        "ArgMax",
        "ArgMin",
        "Ceil",
        "Equal",
        "Floor",
        "FloorDiv",
        "Greater",
        "GreaterEqual",
        "IsFinite",
        "IsInf",
        "IsNan",
      ],
      ...[
        "Less",
        "LessEqual",
        "LogicalAnd",
        "LogicalNot",
        "LogicalOr",
        "NotEqual",
        "OneHot",
        "OnesLike",
        "Round",
        "Sign",
      ],
      ...["Step", "ZerosLike"],
    ].map((name) => [name, nothing]),
  ),
};
