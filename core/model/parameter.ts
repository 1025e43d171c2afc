import type { tf } from "../backends/tf";
import { GradlensError } from "../errors";
import { buildContext } from "./buildContext";
import { callSite } from "./callSite";
import type { ParameterInit } from "./initializers";

/**
 * Declares a trainable tensor.
 *
 * @param name unique in the model; part of file formats and reports
 * @param init first value: a number, a nested array, a tensor or an initializer
 * @returns the tensor to compute with; model code addresses its axes by negative numbers, since diagnostics may put axes before them
 */
export function parameter(name: string, init: ParameterInit): tf.Tensor {
  const context = buildContext(`parameter("${name}")`);
  const source = callSite();
  if (context.names.has(name))
    throw new GradlensError(
      "GL1106",
      `parameter "${name}" is declared twice; give each parameter its own name`,
      source ? { source } : {},
    );
  context.names.add(name);
  const { variable } = context.store.declare(name, init, source);
  return context.rows ? context.rows.raw(name, variable) : variable;
}
