import type { tf } from "../backends/tf";
import type { Distribution } from "../distributions/distribution";
import { callSite } from "./callSite";
import { traceHandler } from "./traceContext";
import { refuseUnknown } from "../refuseUnknown";

export interface SampleOptions {
  /** Estimator of this node, as on the command line: `"muprop-c"`, `"half"`, … */
  readonly estimator?: string;
}

/**
 * A stochastic node. In a guide or a program it draws; in a model it takes the guide's value and adds log p.
 *
 * @returns the value, `[S, B, …units]`
 */
export function sample(name: string, distribution: Distribution, options: SampleOptions = {}): tf.Tensor {
  refuseUnknown(`sample("${name}")`, options, ["estimator"]);
  return traceHandler(`sample("${name}")`).sample({
    name,
    distribution,
    estimator: options.estimator,
    source: callSite(),
  });
}
