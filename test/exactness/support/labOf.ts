import { Lab } from "./lab";
import { modelOf } from "./net";
import type { NetCase } from "./nets";

/** A net as a lab sees it: read by the engine. */
export function labOf({ name, net, objective, samples }: NetCase): Lab {
  const inputs = net.x;
  return new Lab({
    name,
    definition: modelOf(net),
    objective,
    samples,
    batchSize: inputs?.length ?? 1,
    ...(inputs ? { inputs } : {}),
  });
}
