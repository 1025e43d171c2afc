/** Distributions of the model language, one line each. */
export interface DistributionDescription {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly discrete: boolean;
  readonly parameters: readonly string[];
}

export const distributions: readonly DistributionDescription[] = [
  {
    id: "bernoulli",
    title: "Bernoulli",
    summary: "independent bits, values 0 and 1",
    discrete: true,
    parameters: ["logits", "probs"],
  },
  {
    id: "categorical",
    title: "Categorical",
    summary: "independent one-hot units of K states",
    discrete: true,
    parameters: ["logits", "probs"],
  },
  {
    id: "normal",
    title: "Normal",
    summary: "independent units, or one vector with full covariance",
    discrete: false,
    parameters: ["mean", "std", "scaleTril", "covariance"],
  },
  {
    id: "laplace",
    title: "Laplace",
    summary: "two-sided exponential units",
    discrete: false,
    parameters: ["location", "scale"],
  },
  {
    id: "gamma",
    title: "Gamma",
    summary: "positive units; exponential, Erlang and chi-squared are cases",
    discrete: false,
    parameters: ["concentration", "rate", "scale"],
  },
  { id: "beta", title: "Beta", summary: "units between 0 and 1", discrete: false, parameters: ["alpha", "beta"] },
  {
    id: "dirichlet",
    title: "Dirichlet",
    summary: "a point of the simplex",
    discrete: false,
    parameters: ["concentration"],
  },
  {
    id: "dirac",
    title: "Dirac",
    summary: "all probability at one value: a deterministic unit",
    discrete: false,
    parameters: ["value"],
  },
  {
    id: "mixture",
    title: "Mixture",
    summary: "weighted components of real units",
    discrete: false,
    parameters: ["logits", "components"],
  },
  {
    id: "logistic",
    title: "Logistic",
    summary: "units whose distribution function is a sigmoid",
    discrete: false,
    parameters: ["location", "scale"],
  },
  { id: "gumbel", title: "Gumbel", summary: "extreme-value units", discrete: false, parameters: ["location", "scale"] },
  {
    id: "lognormal",
    title: "Log-normal",
    summary: "positive units whose logarithm is normal",
    discrete: false,
    parameters: ["location", "scale"],
  },
  {
    id: "flow",
    title: "Normalising flow",
    summary: "the image of a base distribution under planar and affine coupling layers",
    discrete: false,
    parameters: ["base", "layers"],
  },
];
