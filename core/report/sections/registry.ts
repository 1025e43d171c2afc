import type { Section } from "../section";
import { attributionSection } from "./attribution";
import { biasSection } from "./bias";
import { biasChecksSection } from "./biasChecks";
import { checkpointsSection } from "./checkpoints";
import { comparisonsSection } from "./comparisons";
import { controlVariatesSection } from "./controlVariates";
import { lintsSection } from "./lints";
import { lossSection } from "./loss";
import { modelSection } from "./model";
import { pathScoreSection } from "./pathScore";
import { runSection } from "./run";
import { sweepsSection } from "./sweeps";
import { trunksSection } from "./trunks";
import { varianceSection } from "./variance";

/** In the order of the page. */
export const sections: readonly Section[] = [
  runSection,
  lintsSection,
  lossSection,
  varianceSection,
  attributionSection,
  controlVariatesSection,
  pathScoreSection,
  biasSection,
  biasChecksSection,
  comparisonsSection,
  sweepsSection,
  trunksSection,
  checkpointsSection,
  modelSection,
];
