import { outperforms, seed3Table } from "./seed3Tables";

const printed = {
  MNIST: {
    "one layer": [
      [113.46, 0.59],
      [107.48, 0.37],
      [107.24, 0.31],
      [107.33, 0.13],
    ],
    "Cat. VAE": [
      [122.97, 5.68],
      [103.49, 0.73],
      [102.68, 0.63],
      [101.78, 0.88],
    ],
  },
  Omniglot: {
    "one layer": [
      [125.76, 0.24],
      [122.49, 0.8],
      [122.98, 0.3],
      [122.98, 0.21],
    ],
    "Cat. VAE": [
      [140.25, 1.99],
      [130.2, 0.74],
      [131.66, 0.84],
      [131.63, 1.05],
    ],
  },
} as const;

/** A belief net and an autoencoder of categorical variables, by exact local expectations and by their relaxation. */
export const seed3Table2 = seed3Table({
  id: "seed3-table2",
  where: "table 2",
  title: "Categorical stochastic backpropagation beside Gumbel-softmax",
  layers: "20 latent variables of 10 categories, in a one-layer net and in an autoencoder with tanh layers",
  models: { "one layer": "categorical-20x10.ts", "Cat. VAE": "categorical-vae.ts" },
  columns: [
    { name: "Gumbel-softmax", estimator: "gumbel-softmax", samples: 1 },
    ...[1, 5, 10].map((samples) => ({ name: `CSB (S=${samples})`, estimator: "local-expectation", samples })),
  ],
  printed,
  claims: [outperforms("CSB (S=1)", ["Gumbel-softmax"], printed)],
});
