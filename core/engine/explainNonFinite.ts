import { tf } from "../backends/tf";
import { nodeNoise } from "../distributions/distribution";
import { GradlensError } from "../errors";
import { runTrace } from "../graph/trace";
import type { DataInputs } from "../model/defineModel";
import type { Noise } from "../random/noise";
import type { Prepared } from "./prepare";

/** Finds where a loss that is no number comes from: the parameter, node or term that shows it first. */
export function explainNonFinite(prepared: Prepared, data: DataInputs, noise: Noise, step: number, loss: number): GradlensError {
  const found = (what: string): GradlensError => new GradlensError("GL1620", `the loss is ${loss} at step ${step + 1}: ${what}; lower the learning rate or mend the model, and resume from the last checkpoint`);
  for (const { name, variable } of prepared.instance.parameters) {
    if (hasNonFinite(variable)) return found(`parameter "${name}" holds values that are not finite`);
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
  return found(culprit ?? "no single node shows it");
}

function hasNonFinite(x: tf.Tensor): boolean {
  return x.dataSync().some((value) => !Number.isFinite(value));
}
