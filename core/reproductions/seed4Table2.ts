import { testLikelihood } from "./probes";
import type { Claim, Published, Reproduction, Results, Row } from "./reproduction";
import { trainedRow } from "./trainedRow";

const ks = ["1", "5", "50"] as const;

/** Printed numbers by data, layers and k: VAE total, VAE path, IWAE total, IWAE path. */
const published: Readonly<Record<string, Readonly<Record<string, readonly [number, number, number, number]>>>> = {
  "MNIST 1": { "1": [86.76, 86.4, 86.76, 86.4], "5": [86.47, 86.33, 85.54, 85.2], "50": [86.35, 86.48, 84.78, 84.45] },
  "MNIST 2": {
    "1": [85.33, 84.77, 85.33, 84.77],
    "5": [85.01, 84.68, 83.89, 83.57],
    "50": [84.78, 84.33, 82.9, 83.16],
  },
  "Omniglot 1": {
    "1": [108.11, 107.39, 108.11, 107.39],
    "5": [107.62, 107.4, 106.12, 105.42],
    "50": [107.8, 107.42, 104.67, 104.16],
  },
  "Omniglot 2": {
    "1": [107.58, 105.22, 107.56, 105.22],
    "5": [106.31, 104.87, 104.79, 103.59],
    "50": [106.3, 105.7, 103.38, 102.86],
  },
};

const datasets: Readonly<Record<string, string>> = { MNIST: "mnist-stochastic", Omniglot: "omniglot" };
const models: Readonly<Record<string, string>> = { "1": "vae-50.ts", "2": "vae-100-50.ts" };

interface Column {
  readonly bound: "VAE" | "IWAE";
  readonly gradient: "total" | "path" | "dreg";
  readonly estimator: string;
  /** Place among the printed numbers; null: beside the paper's. */
  readonly place: number | null;
}

const columns: readonly Column[] = [
  { bound: "VAE", gradient: "total", estimator: "pathwise", place: 0 },
  { bound: "VAE", gradient: "path", estimator: "sticking-the-landing", place: 1 },
  { bound: "IWAE", gradient: "total", estimator: "pathwise", place: 2 },
  { bound: "IWAE", gradient: "path", estimator: "sticking-the-landing", place: 3 },
  { bound: "IWAE", gradient: "dreg", estimator: "dreg", place: null },
];

/** Variational and importance-weighted autoencoders by the total and the path derivative. */
export const seed4Table2: Reproduction = {
  id: "seed4-table2",
  aliases: ["seed4-table1"],
  paper: { seed: 4, authors: "Roeder, Wu, Duvenaud", title: "Sticking the landing", year: 2017 },
  where: "table 2",
  title: "Autoencoders by the total and the path derivative, k = 1, 5, 50",
  setting:
    "784-200-200-50 with tanh units (1 stochastic layer) and 784-200-200-100-100-100-50 (2), pixels drawn anew at every visit, Adam with ε = 10⁻⁴ and batches of 20; −log p(x) of the test set by 5000 importance samples. VAE with k samples is their mean bound, IWAE the importance-weighted one.",
  budgets: {
    small: { runs: 1, steps: 3000, examples: 200, likelihoodSamples: 500 },
    full: { runs: 1, epochs: 3280, likelihoodSamples: 5000 },
  },
  paperBudget:
    "3280 epochs (Burda and others, 2015, whose set-up it follows: 3^i passes at 10^(−3 − i/7), i = 0 … 7), all test examples, 5000 importance samples, one run",
  quantities: [{ id: "test-nll", title: "test −log p(x), nats", decimals: 2 }],
  rows: Object.keys(published).flatMap((key) => ks.flatMap((k) => columns.flatMap((column) => rowOf(key, k, column)))),
  orderWithin: ["data", "layers"],
  claims: [pathWins("VAE"), pathWins("IWAE"), dregUnbiased()],
  notes: [
    "total is pathwise, path is sticking-the-landing. In the paper table 1 lists stop-gradient functions; its results are table 2, and seed4-table1 is another name of this one.",
    "The paper prints k = 1 twice; VAE and IWAE are the same there, and the two printed pairs differ by 0.02 once (Omniglot, 2 layers, total: 107.58 and 107.56), so it is run once, as VAE.",
    "The path derivative of the importance-weighted bound is biased for k > 1 (gradlens bias continuous/gaussian-toy.ts#twoSamples --estimator sticking-the-landing); dreg, which is not, is run beside it. The paper has no dreg.",
    "The rate is 10⁻³ throughout, without the fall of the paper's schedule; dense weights start as Glorot and Bengio's, as in the paper.",
    "The Omniglot file at hand may be smaller and split differently than the paper's 24 345 and 8070 images: then its numbers do not compare with the printed ones.",
    "± is over test examples. Rows of one run saw the same examples and the same noise, so differences between rows are known more closely than the ± says; the spread between trainings is in neither.",
  ],
};

function rowOf(key: string, k: string, { bound, gradient, estimator, place }: Column): Row[] {
  if (k === "1" && bound === "IWAE") return [];
  const [data, layers] = key.split(" ") as [string, string];
  const value = place === null ? undefined : published[key]![k]![place];
  return [
    trainedRow({
      labels: { data, layers, k, bound, gradient },
      ...(value === undefined ? {} : { published: { "test-nll": { value } satisfies Published } }),
      model: `continuous/${models[layers]!}`,
      dataset: datasets[data]!,
      estimator,
      objective: bound === "VAE" ? "elbo" : "iwae",
      samples: Number(k),
      batchSize: 20,
      optimizer: { id: "adam", learningRate: 1e-3, epsilon: 1e-4 },
      atEnd: [testLikelihood],
    }),
  ];
}

/** Paired differences total − path of all pairs that were run. */
function gains(
  results: Results,
  bound: string,
  other = "path",
): { value: number; standardError: number; at: string }[] {
  return Object.keys(published).flatMap((key) => {
    const [data, layers] = key.split(" ") as [string, string];
    return ks.flatMap((k) => {
      const labels = { data, layers, k, bound };
      const difference = results.difference(
        "test-nll",
        { ...labels, gradient: "total" },
        { ...labels, gradient: other },
      );
      return difference === null
        ? []
        : [{ ...difference, at: `${data}, ${layers} layer${layers === "1" ? "" : "s"}, k = ${k}` }];
    });
  });
}

/** Data, layers and k of a bound; k = 1 is the variational one's alone. */
const cells = { VAE: 12, IWAE: 8 };

function pathWins(bound: "VAE" | "IWAE"): Claim {
  return {
    text: `In all but one of its cells the ${bound} with the path derivative has the lower −log p(x).`,
    check: (results) => judge(gains(results, bound), "total − path", cells[bound]),
  };
}

function dregUnbiased(): Claim {
  return {
    text: "(Not the paper's.) On the importance-weighted bound dreg does at least as well as the total derivative.",
    check: (results) => judge(gains(results, "IWAE", "dreg"), "total − dreg", cells.IWAE),
  };
}

function judge(
  differences: readonly { value: number; standardError: number; at: string }[],
  name: string,
  all: number,
): { holds: boolean | null; why: string } {
  if (differences.length === 0) return { holds: null, why: "no pair was run" };
  const clear = (sign: number): number =>
    differences.filter(({ value, standardError }) => sign * value > 2 * standardError).length;
  const list = differences.map(
    ({ value, standardError, at }) => `${value.toFixed(2)} ± ${standardError.toFixed(2)} at ${at}`,
  );
  return {
    holds: differences.length < all ? null : clear(-1) > 1 ? false : clear(1) >= all - 1 ? true : null,
    why: `${differences.length} of ${all} cells were run; ${name}, by the same test examples, in nats: ${list.join("; ")}`,
  };
}
