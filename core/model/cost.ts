import type { tf } from "../backends/tf";
import { callSite } from "./callSite";
import { traceHandler } from "./traceContext";

/** Adds a cost `[S, B]` that is minimised; several are summed, and each is credited only to the nodes it depends on. */
export function cost(name: string, value: tf.Tensor): void {
  traceHandler(`cost("${name}")`).cost({ name, value, source: callSite() });
}
