import { tf } from "../backends/tf";
import { nodeNoise } from "../distributions/distribution";
import { GradlensError } from "../errors";
import { runTrace } from "../graph/trace";
import type { DataInputs } from "../model/defineModel";
import type { Noise } from "../random/noise";
import type { Prepared } from "./prepare";

/** The error of a loss that is no number, with the parameter, node or term that shows it first. */
export function explainNonFinite(
  prepared: Prepared,
  data: DataInputs,
  noise: Noise,
  step: number,
  loss: number,
): GradlensError {
  const culprit = findNonFinite(prepared, data, noise) ?? "no single node shows it";
  return nonFinite(`the loss is ${loss} at step ${step + 1}: ${culprit}`);
}

/** The error of numbers that are not finite, after which nothing is saved. */
export function nonFinite(what: string): GradlensError {
  return new GradlensError(
    "GL1620",
    `${what}; lower the learning rate or mend the model, and resume from the last checkpoint`,
  );
}

/** The first parameter, node or term of an evaluation that holds what is no number, as a clause; null when none does. */
export function findNonFinite(prepared: Prepared, data: DataInputs, noise: Noise): string | null {
  for (const { name, variable } of prepared.instance.parameters) {
    if (hasNonFinite(variable)) return `parameter "${name}" holds values that are not finite`;
  }
  let culprit: string | null = null;
  tf.tidy(() => {
    const trace = runTrace(prepared.instance.functions, data, ({ name, distribution }) => {
      const problem = distribution.problem();
      if (problem) culprit ??= `at node "${name}", ${distribution.id} ${problem}`;
      return distribution.sample(nodeNoise(noise, name));
    });
    for (const term of trace.terms) {
      const problem = term.distribution?.problem();
      if (problem) culprit ??= `at "${term.name}", ${term.distribution!.id} ${problem}`;
      if (hasNonFinite(term.value)) culprit ??= `${term.kind} "${term.name}" is not finite`;
    }
  });
  return culprit;
}

function hasNonFinite(x: tf.Tensor): boolean {
  return x.dataSync().some((value) => !Number.isFinite(value));
}
