import { attributionPass } from "../../diagnostics/chunks/attributionPass";
import { biasPass } from "../../diagnostics/chunks/biasPass";
import type { ChunkKind } from "../../diagnostics/chunks/chunks";
import { estimatorStates } from "../../diagnostics/chunks/estimatorStates";
import { exactStates } from "../../diagnostics/chunks/exactStates";
import { pathScorePass } from "../../diagnostics/chunks/pathScorePass";
import { variancePass } from "../../diagnostics/chunks/variancePass";
import { likelihoodBatch } from "../chunks/likelihoodBatch";
import { lossBatch } from "../chunks/lossBatch";

/** Everything that workers can compute. */
export const chunkKinds: readonly ChunkKind<never, unknown>[] = [
  exactStates,
  estimatorStates,
  biasPass,
  variancePass,
  attributionPass,
  pathScorePass,
  lossBatch,
  likelihoodBatch,
];
