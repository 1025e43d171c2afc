import type { tf } from "../backends/tf";
import type { Distribution } from "../distributions/distribution";
import { callSite } from "./callSite";
import { traceHandler } from "./traceContext";

/** Adds log p(value) to the objective; value is `[S, B, …units]` or broadcastable to it. */
export function observe(name: string, distribution: Distribution, value: tf.Tensor): void {
  traceHandler(`observe("${name}")`).observe({ name, distribution, value, source: callSite() });
}
