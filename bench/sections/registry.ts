import { diagnosis, diagnosisOfSmall } from "./diagnosis";
import { estimators } from "./estimators";
import { gsb } from "./gsb";
import { memory } from "./memory";
import { panels } from "./panels";
import { parts } from "./parts";
import { peers } from "./peers";
import { peaks } from "./peaks";
import { samplers } from "./samplers";
import type { Section } from "./section";
import { start } from "./start";
import { steps } from "./steps";
import { vae } from "./vae";
import { variance } from "./variance";
import { workers } from "./workers";

/** All sections, in the order of the report. */
export const sections: readonly Section[] = [
  parts,
  steps,
  diagnosis,
  diagnosisOfSmall,
  estimators,
  gsb,
  vae,
  samplers,
  start,
  memory,
  peaks,
  panels,
  peers,
  variance,
  workers,
];
