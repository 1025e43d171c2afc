import { datasets } from "../data/registry";
import { distributions } from "../distributions/registry";
import { estimators } from "../estimators/registry";
import { objectives } from "../objectives/registry";
import type { Registries } from "../protocol/engine";
import { optimizers } from "../training/optimizers/registry";

/** What there is to choose from, for quick picks and tables. */
export function registries(): Registries {
  return {
    estimators: estimators.map(({ id, title, summary, reference, distributions: served, unbiased, unbiasedWhen }) => ({
      id,
      title,
      summary,
      unbiased: `${unbiased === "always" ? "unbiased" : unbiased === "never" ? "biased; unbiased" : "unbiased"} ${unbiasedWhen}`,
      reference: `${reference.authors}, ${reference.year}: ${reference.title} (${reference.equation})`,
      serves: served === "all" ? ["every distribution with a density"] : served,
    })),
    objectives: objectives.map(({ id, title, summary }) => ({ id, title, summary })),
    distributions: distributions.map(({ id, title, summary }) => ({ id, title, summary })),
    datasets: datasets.map(({ id, title, summary, needsFiles }) => ({ id, title, summary, serves: needsFiles })),
    optimizers: optimizers.map(({ id, title, summary }) => ({ id, title, summary })),
  };
}
