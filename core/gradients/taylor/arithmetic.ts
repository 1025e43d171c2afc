import { tf } from "../../backends/tf";
import { powerOf, withTerms, withValue } from "./functions";
import { firstTerm, isLinear, type Jet, lifted, linearJet, matched } from "./jet";
import type { Rule, Rules, TaylorOperation } from "./rule";
import { convolved, minus, over, plus, squared, type Term, type Terms, times } from "./terms";

/** The operand's jet, lifted to the output's rank, with the output's shape. */
function operand({ jet, outputs }: TaylorOperation, name: string): Jet | undefined {
  const { shape } = outputs[0]!;
  const found = jet(name);
  return found && { ...lifted(found, shape.length), shape };
}

/** a + sign · b. */
export function added(a: Jet | undefined, b: Jet | undefined, sign: 1 | -1, order: number): Jet {
  if (!a || !b) return a ?? scaled(b!, sign);
  if (a.slope !== b.slope && a.slope && b.slope && isLinear(a) && isLinear(b))
    return linearJet(a.shape, plus(firstTerm(a), times(sign, firstTerm(b))) as tf.Tensor, order);
  const [x, y] = matched(a, b);
  const terms = x.terms.map((term, n) => plus(term, times(sign, y.terms[n] ?? null)));
  return withTerms(x, terms, Math.max(a.degree, b.degree));
}

/** k a with k constant, an output's shape or a number. */
export function scaled(a: Jet, k: tf.Tensor | number): Jet {
  return k === 1
    ? a
    : withTerms(
        a,
        a.terms.map((term) => times(term, k)),
        a.degree,
      );
}

const sum =
  (sign: 1 | -1): Rule =>
  (operation) => [added(operand(operation, "a"), operand(operation, "b"), sign, operation.order)];

/** A square, where both operands are one tensor, else the product of two series. */
const multiply: Rule = (operation) => {
  const { inputs, order } = operation;
  const [a, b] = [operand(operation, "a"), operand(operation, "b")];
  if (!a) return [scaled(b!, inputs.a!)];
  if (!b) return [scaled(a, inputs.b!)];
  const [x, y] = matched(a, b);
  const [left, right] = [withValue(x, inputs.a!), withValue(y, inputs.b!)];
  const same = inputs.a!.id === inputs.b!.id;
  const terms = Array.from({ length: order + 1 }, (_, n) => (same ? squared(left, n) : convolved(left, right, n)));
  return [withTerms(x, terms, a.degree + b.degree)];
};

/** y b = a: b₀ y_n = a_n − Σ_{k=1}^{n} b_k y_{n−k}. */
const divide: Rule = (operation) => {
  const { inputs, outputs, order } = operation;
  const [a, b] = [operand(operation, "a"), operand(operation, "b")];
  if (!b)
    return [
      withTerms(
        a!,
        a!.terms.map((term) => over(term, inputs.b!)),
        a!.degree,
      ),
    ];
  const [x, divisor] = a ? matched(a, b) : [null, b];
  const y: Term[] = [outputs[0]!];
  for (let n = 1; n <= order; n++)
    y[n] = over(minus(x?.terms[n] ?? null, convolved(divisor.terms, y, n, 1, n)), inputs.b!);
  return [withTerms(divisor, y, Infinity)];
};

const squaredDifference: Rule = (operation) => {
  const { inputs, order } = operation;
  const difference = added(operand(operation, "a"), operand(operation, "b"), -1, order);
  const terms: Terms = withValue(difference, tf.sub(inputs.a!, inputs.b!));
  return [
    withTerms(
      difference,
      Array.from({ length: order + 1 }, (_, n) => squared(terms, n)),
      2 * difference.degree,
    ),
  ];
};

/** a^p for a constant p of one number; anything else has no rule. */
const power: Rule = (operation) => {
  const { inputs, outputs, order, jet } = operation;
  if (jet("b") || inputs.b!.size !== 1) return null;
  const [p] = tf.engine().readSync(inputs.b!.dataId) as Float32Array;
  return [powerOf(operand(operation, "a")!, inputs.a!, outputs[0]!, p!, order)];
};

const addN: Rule = (operation) => {
  const jets = Object.keys(operation.inputs).flatMap((name) => operand(operation, name) ?? []);
  return [jets.reduce((total, next) => added(total, next, 1, operation.order))];
};

export const arithmeticRules: Rules = {
  Add: sum(1),
  Sub: sum(-1),
  AddN: addN,
  Neg: ({ jet }) => [scaled(jet("x")!, -1)],
  Multiply: multiply,
  RealDiv: divide,
  SquaredDifference: squaredDifference,
  Pow: power,
};
