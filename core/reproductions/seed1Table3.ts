import { lowerEverywhere } from "./compareRows";
import { testBound } from "./probes";
import type { Reproduction, Row } from "./reproduction";
import { trainedRow } from "./trainedRow";

const estimators = ["lr-c-vn-idb", "muprop-c", "muprop-c-idb", "straight-through", "half"] as const;

/** Printed negative bounds in the order of the estimators. */
const models: readonly { readonly net: string; readonly model: string; readonly printed: readonly number[] }[] = [
  { net: "SBN 200-784", model: "sbn-200.ts", printed: [113.5, 113.6, 113.1, 129.4, 112.4] },
  { net: "SBN 200-200-784", model: "sbn-200-200.ts", printed: [99.7, 100.4, 100.4, 119.9, 103.5] },
  { net: "SBN 200-200-200-784", model: "sbn-200-200-200.ts", printed: [97.5, 101.1, 98.6, 116.7, 99.3] },
  { net: "fDARN 200-784", model: "fdarn-200.ts", printed: [92.1, 92.9, 92.7, 110.2, 94.2] },
  { net: "categorical (200×10)-784", model: "categorical-200x10.ts", printed: [107.7, 108.6, 107.8, 114.5, 120.5] },
];

/** Belief nets trained with an inference net. */
export const seed1Table3: Reproduction = {
  id: "seed1-table3",
  paper: {
    seed: 1,
    authors: "Gu, Levine, Sutskever, Mnih",
    title: "MuProp: unbiased backpropagation for stochastic neural networks",
    year: 2016,
  },
  where: "table 3",
  title: "Variational training of belief nets",
  setting:
    "Belief nets of 200 bits in one to three layers, one autoregressive, and one of 200 variables with 10 categories, binarized MNIST, SGD with momentum 0.9, batches of 100; negative variational bound of the test set.",
  budgets: {
    small: { runs: 1, steps: 500, examples: 1000 },
    full: { runs: 1, epochs: 500 },
  },
  paperBudget:
    "until converged (its steps are not told; figure 3 shows some 2 · 10⁶), the best of seven rates, all test examples",
  quantities: [{ id: "test-bound", title: "test negative bound, nats", decimals: 2 }],
  rows: models.flatMap(({ net, model, printed }): Row[] =>
    estimators.map((estimator, i) =>
      trainedRow({
        labels: { net, estimator },
        published: { "test-bound": { value: printed[i]! } },
        model,
        dataset: "binarized-mnist",
        estimator,
        objective: "elbo",
        batchSize: 100,
        optimizer: { id: "sgd", learningRate: 1e-3, momentum: 0.9 },
        atEnd: [testBound],
      }),
    ),
  ),
  orderWithin: ["net"],
  claims: [
    lowerEverywhere(
      "MuProp converges significantly faster than LR (NVIL): after as many steps its bound is lower.",
      "test-bound",
      models.map(({ net }) => ({ net })),
      { estimator: "muprop-c" },
      { estimator: "lr-c-vn-idb" },
    ),
  ],
  notes: [
    "One rate, 0.001, for all; the paper takes the best of 0.003, 0.001, … 0.000003 for each estimator.",
    "The paper's final order, in which straight-through falls behind, is that of converged nets; a small budget says nothing of it.",
    "Table 1 of the paper lists properties; gradlens estimators prints them.",
  ],
};
