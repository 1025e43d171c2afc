import { GradlensError } from "../errors";
import { elbo } from "./elbo";
import { expectedCost } from "./expectedCost";
import { iwae } from "./iwae";
import type { Objective } from "./objective";
import { structuredPrediction } from "./structuredPrediction";

export const objectives: readonly Objective[] = [expectedCost, elbo, iwae, structuredPrediction];

export function objective(id: string): Objective {
  const found = objectives.find((candidate) => candidate.id === id);
  if (!found)
    throw new GradlensError(
      "GL1305",
      `objective "${id}" does not exist; choose one of ${objectives.map((o) => o.id).join(", ")}`,
      { usage: true },
    );
  return found;
}
