import { order } from "./order";
import { samples } from "./samples";
import type { SweepKind } from "./sweepKind";
import { temperature } from "./temperature";

/** Every kind of sweep, in the order of a quick pick. */
export const sweepKinds: readonly SweepKind[] = [temperature, order, samples];
