import { lowerEverywhere } from "./compareRows";
import { testLikelihood } from "./probes";
import type { Reproduction, Row } from "./reproduction";
import { trainedRow } from "./trainedRow";

const estimators = ["lr-c-vn-idb", "muprop-c", "muprop-c-vn", "straight-through", "half"] as const;

/** Printed test −log p(y | x) in the order of the estimators. */
const tasks: readonly {
  readonly net: string;
  readonly m: string;
  readonly model: string;
  readonly printed: readonly number[];
}[] = [
  {
    net: "392-200-200-392",
    m: "1",
    model: "structured-prediction-200-200.ts",
    printed: [63.2, 57.7, 56.7, 56.1, 57.2],
  },
  {
    net: "392-200-200-200-392",
    m: "1",
    model: "structured-prediction-200-200-200.ts",
    printed: [100.6, 62.7, 57.2, 54.4, 55.8],
  },
  {
    net: "392-200-200-392",
    m: "20",
    model: "structured-prediction-200-200.ts",
    printed: [87.0, 110.2, 87.3, 51.2, 51.6],
  },
];

/** The lower half of a digit from its upper half, through two or three layers of bits. */
export const seed1Table2: Reproduction = {
  id: "seed1-table2",
  paper: {
    seed: 1,
    authors: "Gu, Levine, Sutskever, Mnih",
    title: "MuProp: unbiased backpropagation for stochastic neural networks",
    year: 2016,
  },
  where: "table 2",
  title: "Structured prediction of the lower half of a digit",
  setting:
    "392-200-200-392 and 392-200-200-200-392 nets of bits, MNIST, SGD with momentum 0.9, batches of 100; trained with m = 1 and m = 20 samples, test −log p(y | x) by 100 samples.",
  budgets: {
    small: { runs: 1, steps: 500, examples: 1000, likelihoodSamples: 100 },
    full: { runs: 1, epochs: 200, likelihoodSamples: 100 },
  },
  paperBudget:
    "until converged (its steps are not told; figure 2 shows some 10⁶), the best of six rates, all test examples",
  quantities: [{ id: "test-nll", title: "test −log p(y | x), nats", decimals: 2 }],
  rows: tasks.flatMap(({ net, m, model, printed }): Row[] =>
    estimators.map((estimator, i) =>
      trainedRow({
        labels: { net, m, estimator },
        published: { "test-nll": { value: printed[i]! } },
        model,
        dataset: "mnist-top-bottom",
        estimator,
        objective: "structured-prediction",
        samples: Number(m),
        batchSize: 100,
        optimizer: { id: "sgd", learningRate: 3e-3, momentum: 0.9 },
        atEnd: [testLikelihood],
      }),
    ),
  ),
  orderWithin: ["net", "m"],
  claims: [
    lowerEverywhere(
      "MuProp with simple mean subtraction is consistently better than LR with all of the variance reduction techniques (m = 1).",
      "test-nll",
      tasks.filter(({ m }) => m === "1").map(({ net, m }) => ({ net, m })),
      { estimator: "muprop-c" },
      { estimator: "lr-c-vn-idb" },
    ),
    ...(["straight-through", "half"] as const).map((estimator) =>
      lowerEverywhere(
        `${estimator} exhibits a substantial gain from m = 20.`,
        "test-nll",
        [{ net: "392-200-200-392" }],
        { m: "20", estimator },
        { m: "1", estimator },
      ),
    ),
  ],
  notes: [
    "One rate, 0.003, for all; the paper takes the best of 0.003, 0.001, … 0.00003 for each estimator.",
    "The Toronto Face rows of the table are left out: the data are not public.",
    "The paper binarises pixels by the protocol of Raiko and others (2015), which it does not spell out; here the images are binarised once, each pixel drawn with its grey value as mean.",
    "Rows saw the same test examples and evaluation noise: differences between them are known more closely than each ±.",
  ],
};
