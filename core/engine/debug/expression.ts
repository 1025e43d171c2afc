import jsep from "jsep";
import type { HostTensor } from "../../diagnostics/decomposeEstimate";
import { GradlensError } from "../../errors";

/** Null is unknown; whatever is computed from it is unknown. */
export type Value = number | boolean | string | null | HostTensor | Thing;

/** Something with named members, for example a node. */
export interface Thing {
  readonly text: string;
  readonly members: readonly string[];
  member(name: string): Value | undefined;
}

export interface Scope {
  readonly names: readonly string[];
  name(name: string): Value | undefined;
  readonly functions: Readonly<Record<string, (args: readonly Value[]) => Value>>;
}

export interface Expression {
  readonly text: string;
  evaluate(scope: Scope): Value;
}

/** @throws GL1901 in one sentence when the text is no expression of the language */
export function parseExpression(text: string): Expression {
  let tree: jsep.Expression;
  try {
    tree = jsep(text);
  } catch (error) {
    const { description, index } = error as { description?: string; index?: number };
    throw refuse(text, `${lower(description ?? "it cannot be read")} at character ${(index ?? 0) + 1}`);
  }
  check(text, tree);
  return { text, evaluate: (scope) => evaluate(text, tree, scope) };
}

export function isTensor(value: Value): value is HostTensor {
  return typeof value === "object" && value !== null && "values" in value;
}

export function isThing(value: Value): value is Thing {
  return typeof value === "object" && value !== null && "members" in value;
}

const mean = (values: Float32Array): number => values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length);

const statistics: Readonly<Record<string, (values: Float32Array) => number>> = {
  norm: (values) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0)),
  mean,
  std: (values) => {
    const centre = mean(values);
    return Math.sqrt(values.reduce((sum, x) => sum + (x - centre) ** 2, 0) / Math.max(1, values.length));
  },
  min: (values) => values.reduce((low, x) => Math.min(low, x), Infinity),
  max: (values) => values.reduce((high, x) => Math.max(high, x), -Infinity),
  nan: (values) => values.reduce((count, x) => count + Number(Number.isNaN(x)), 0),
  size: (values) => values.length,
};

export const tensorMembers = Object.keys(statistics);

export function statistic(tensor: HostTensor, name: string): number {
  return statistics[name]!(tensor.values);
}

const mathFunctions: Readonly<Record<string, (...numbers: number[]) => number>> = {
  abs: Math.abs,
  sqrt: Math.sqrt,
  log: Math.log,
  exp: Math.exp,
  min: Math.min,
  max: Math.max,
  isNaN: (x) => Number(Number.isNaN(x)),
};

const binary: Readonly<Record<string, (a: number, b: number) => number | boolean>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

const equality = new Set(["==", "===", "!=", "!=="]);
const logic = new Set(["&&", "||"]);

function check(text: string, node: jsep.Expression): void {
  const tree = node as jsep.CoreExpression;
  switch (tree.type) {
    case "Literal":
    case "Identifier":
      return;
    case "MemberExpression":
      check(text, tree.object);
      if (tree.computed) check(text, tree.property);
      return;
    case "CallExpression":
      if (tree.callee.type !== "Identifier") throw refuse(text, "only named functions can be called");
      for (const argument of tree.arguments) check(text, argument);
      return;
    case "UnaryExpression":
      if (!["-", "+", "!"].includes(tree.operator)) throw refuse(text, `the operator ${tree.operator} is not known`);
      return check(text, tree.argument);
    case "BinaryExpression":
      if (!(tree.operator in binary) && !equality.has(tree.operator) && !logic.has(tree.operator))
        throw refuse(text, `the operator ${tree.operator} is not known`);
      check(text, tree.left);
      return check(text, tree.right);
    case "ConditionalExpression":
      for (const part of [tree.test, tree.consequent, tree.alternate]) check(text, part);
      return;
    case "Compound":
      throw refuse(text, tree.body.length === 0 ? "it is empty" : "it holds more than one expression");
    default:
      throw refuse(text, "only names, numbers, arithmetic, comparisons and calls are known");
  }
}

function evaluate(text: string, node: jsep.Expression, scope: Scope): Value {
  const tree = node as jsep.CoreExpression;
  const of = (part: jsep.Expression): Value => evaluate(text, part, scope);
  switch (tree.type) {
    case "Literal":
      return typeof tree.value === "object" ? null : (tree.value as Value);
    case "Identifier": {
      const value = scope.name(tree.name);
      if (value !== undefined) return value;
      throw fail(text, `"${tree.name}" is not known; there are ${scope.names.join(", ")}`);
    }
    case "MemberExpression":
      return member(text, of(tree.object), tree.computed ? of(tree.property) : String(tree.property["name"]));
    case "CallExpression": {
      const name = String(tree.callee["name"]);
      const args = tree.arguments.map(of);
      const given = scope.functions[name];
      if (given) return given(args);
      const f = mathFunctions[name];
      const known = [...Object.keys(scope.functions), ...Object.keys(mathFunctions)].join(", ");
      if (!f) throw fail(text, `the function "${name}" is not known; there are ${known}`);
      return args.includes(null) ? null : f(...args.map((value) => asNumber(text, value)));
    }
    case "UnaryExpression": {
      const value = of(tree.argument);
      if (value === null) return null;
      if (tree.operator === "!") return !asTruth(text, value);
      return tree.operator === "-" ? -asNumber(text, value) : asNumber(text, value);
    }
    case "ConditionalExpression": {
      const test = of(tree.test);
      return test === null ? null : of(asTruth(text, test) ? tree.consequent : tree.alternate);
    }
    case "BinaryExpression":
      return combine(text, tree.operator, of(tree.left), () => of(tree.right));
    default:
      return null;
  }
}

function combine(text: string, operator: string, left: Value, rightOf: () => Value): Value {
  if (logic.has(operator)) {
    // Decided by a side that is known, as far as it decides.
    const decides = operator === "||";
    if (left !== null && asTruth(text, left) === decides) return decides;
    const right = rightOf();
    if (right !== null && asTruth(text, right) === decides) return decides;
    return left === null || right === null ? null : !decides;
  }
  const right = rightOf();
  if (left === null || right === null) return null;
  if (equality.has(operator)) return (left === right) === operator.startsWith("=");
  return binary[operator]!(asNumber(text, left), asNumber(text, right));
}

function member(text: string, value: Value, key: Value): Value {
  if (value === null) return null;
  if (isTensor(value)) {
    if (typeof key === "number") {
      const element = value.values[key];
      if (element !== undefined) return element;
      throw fail(text, `element ${key} does not exist; there are 0 to ${value.values.length - 1}`);
    }
    if (typeof key === "string" && Object.hasOwn(statistics, key)) return statistic(value, key);
    throw fail(text, `a tensor has no "${String(key)}"; it has ${tensorMembers.join(", ")} and elements [i]`);
  }
  if (isThing(value)) {
    const found = value.member(String(key));
    if (found !== undefined) return found;
    throw fail(text, `${value.text} has no "${String(key)}"; it has ${value.members.join(", ")}`);
  }
  throw fail(text, `a number has no "${String(key)}"`);
}

function asNumber(text: string, value: Value): number {
  if (typeof value === "number" || typeof value === "boolean") return Number(value);
  if (isTensor(value) && value.values.length === 1) return value.values[0]!;
  if (isTensor(value))
    throw fail(text, `a number is needed, got a tensor [${value.shape.join(", ")}]; take its norm, mean or an element`);
  throw fail(text, `a number is needed, got ${isThing(value) ? value.text : `"${String(value)}"`}`);
}

function asTruth(text: string, value: Value): boolean {
  return typeof value === "boolean" ? value : asNumber(text, value) !== 0;
}

/** Whether a condition holds; an unknown one does not. */
export function holds(expression: Expression, scope: Scope): boolean {
  const value = expression.evaluate(scope);
  return value !== null && asTruth(expression.text, value);
}

const lower = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);

function refuse(text: string, reason: string): GradlensError {
  return new GradlensError("GL1901", `the expression "${text}" cannot be read: ${reason}`);
}

function fail(text: string, reason: string): GradlensError {
  return new GradlensError("GL1902", `the expression "${text}" cannot be evaluated: ${reason}`);
}
