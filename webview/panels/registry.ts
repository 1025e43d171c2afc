import type { Panel } from "../panel";
import { createAttributionPanel } from "./attribution";
import { createBiasPanel } from "./bias";
import { createBiasWatchPanel } from "./biasWatch";
import { createComparePanel } from "./compare";
import { createControlVariatesPanel } from "./controlVariates";
import { createDensitiesPanel } from "./densities";
import { createGraphPanel } from "./graph";
import { createImagesPanel } from "./images";
import { createLossPanel } from "./loss";
import { createPathScorePanel } from "./pathScore";
import { createRolloutPanel } from "./rollout";
import { createRefinementPanel } from "./refinement";
import { createSweepsPanel } from "./sweeps";
import { createTrunksPanel } from "./trunks";
import { createVariancePanel } from "./variance";

/** Every panel, in the order of the page. */
export function createPanels(): readonly Panel[] {
  return [
    createLossPanel(),
    createVariancePanel(),
    createGraphPanel(),
    createTrunksPanel(),
    createImagesPanel(),
    createRefinementPanel(),
    createAttributionPanel(),
    createControlVariatesPanel(),
    createPathScorePanel(),
    createDensitiesPanel(),
    createRolloutPanel(),
    createBiasPanel(),
    createBiasWatchPanel(),
    createComparePanel(),
    createSweepsPanel(),
  ];
}
