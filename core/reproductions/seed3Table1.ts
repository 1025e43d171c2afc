import { outperforms, seed3Table } from "./seed3Tables";

const printed = {
  MNIST: {
    "one layer SBN": [
      [114.14, 0.44],
      [114.55, 0.48],
      [110.87, 0.2],
      [110.7, 0.11],
      [110.59, 0.08],
    ],
    "two layer SBN": [
      [101.33, 0.04],
      [101.09, 0.07],
      [99.74, 0.3],
      [100.44, 0.28],
      [100.66, 0.21],
    ],
    "Bern. VAE": [
      [127.76, 0.84],
      [128.06, 2.66],
      [107.4, 1.47],
      [108.46, 0.37],
      [109.19, 1.31],
    ],
  },
  Omniglot: {
    "one layer SBN": [
      [123.66, 0.05],
      [123.82, 0.17],
      [113.53, 0.21],
      [114.34, 0.16],
      [114.37, 0.19],
    ],
    "two layer SBN": [
      [117.81, 0.17],
      [117.89, 0.04],
      [102.05, 0.19],
      [102.16, 0.09],
      [102.29, 0.14],
    ],
    "Bern. VAE": [
      [136.83, 0.31],
      [136.53, 0.32],
      [126.94, 0.81],
      [128.69, 0.34],
      [129.48, 0.38],
    ],
  },
} as const;

/** Belief nets and an autoencoder of bits, by exact local expectations and by relaxations with control variates. */
export const seed3Table1 = seed3Table({
  id: "seed3-table1",
  where: "table 1",
  title: "Bernoulli stochastic backpropagation beside REBAR and RELAX",
  layers: "Belief nets of one and two layers of 200 bits, and an autoencoder of 200 bits between tanh layers",
  models: {
    "one layer SBN": "sbn-200.ts",
    "two layer SBN": "sbn-200-200.ts",
    "Bern. VAE": "bernoulli-vae.ts",
  },
  columns: [
    { name: "REBAR", estimator: "rebar", samples: 1 },
    { name: "RELAX", estimator: "relax", samples: 1 },
    ...[1, 5, 10].map((samples) => ({ name: `BSB (S=${samples})`, estimator: "local-expectation", samples })),
  ],
  printed,
  claims: [outperforms("BSB (S=1)", ["REBAR", "RELAX"], printed)],
});
