/** Distributions of the model language, one line each. */
export interface DistributionDescription {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly discrete: boolean;
  readonly parameters: readonly string[];
}

export const distributions: readonly DistributionDescription[] = [
  { id: "bernoulli", title: "Bernoulli", summary: "independent bits, values 0 and 1", discrete: true, parameters: ["logits", "probs"] },
  { id: "categorical", title: "Categorical", summary: "independent one-hot units of K states", discrete: true, parameters: ["logits", "probs"] },
];
