import { GradlensError } from "../errors";
import { elbo } from "./elbo";
import { expectedCost } from "./expectedCost";
import { iwae } from "./iwae";
import type { Objective } from "./objective";
import { structuredPrediction } from "./structuredPrediction";
import { unknownName } from "../unknownName";

export const objectives: readonly Objective[] = [expectedCost, elbo, iwae, structuredPrediction];

/** Reads `ID` or `ID(form=FORM)`. @throws GL1303–GL1305 naming what is wrong and what exists */
export function objective(text: string): Objective {
  const [, id, given] = /^\s*([^()]*?)\s*(?:\(([^()]*)\))?\s*$/.exec(text) ?? [];
  const found = objectives.find((candidate) => candidate.id === id);
  if (!found) {
    const known = objectives.map((candidate) => candidate.id);
    throw unknownName("GL1305", "objective", id ?? text, known);
  }
  if (given === undefined || given.trim() === "") return found;
  const [, name, value] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(given) ?? [];
  if (name !== "form" || !found.forms)
    throw usage(
      "GL1303",
      `objective ${found.id} has no option "${(name ?? given).trim()}"; ${found.forms ? "it has form" : "it has none"}`,
    );
  const form = found.forms.find((candidate) => candidate === value);
  if (!form)
    throw usage(
      "GL1304",
      `option form of ${found.id} needs one of ${found.forms.join(", ")}, got ${value || "nothing"}`,
    );
  return { ...found, form };
}

function usage(code: string, message: string): GradlensError {
  return new GradlensError(code, message, { usage: true });
}
