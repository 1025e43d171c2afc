import { testLikelihood } from "./probes";
import type { Claim, Published, Reproduction, Row } from "./reproduction";
import { trainedRow } from "./trainedRow";

/** A column of seed 3's tables: an estimator with S samples, under the paper's name. */
export interface Column {
  readonly name: string;
  readonly estimator: string;
  readonly samples: number;
}

/** Printed test log-likelihoods, less their sign, and standard deviations over 5 runs, column by column. */
export type PrintedRow = readonly (readonly [number, number])[];

/** What seed 3's appendix B has in common for its tables 1 and 2. */
export function seed3Table(table: {
  readonly id: string;
  readonly where: string;
  readonly title: string;
  readonly layers: string;
  /** Model files by the paper's names. */
  readonly models: Readonly<Record<string, string>>;
  readonly columns: readonly Column[];
  /** By data and model. */
  readonly printed: Readonly<Record<string, Readonly<Record<string, PrintedRow>>>>;
  readonly claims: readonly Claim[];
}): Reproduction {
  const { models, columns, printed } = table;
  const rows = Object.entries(printed).flatMap(([data, byModel]) =>
    Object.entries(byModel).flatMap(([model, values]) =>
      columns.map((column, i): Row => {
        const [value, standardDeviation] = values[i]!;
        return trainedRow({
          labels: { data, model, estimator: column.name },
          published: { "test-nll": { value, standardDeviation } satisfies Published },
          model: models[model]!,
          dataset: data === "MNIST" ? "binarized-mnist" : "omniglot",
          estimator: column.estimator,
          objective: "elbo",
          samples: column.samples,
          batchSize: 100,
          optimizer: { id: "adam", learningRate: 1e-4 },
          atEnd: [testLikelihood],
        });
      }),
    ),
  );
  return {
    id: table.id,
    paper: {
      ...{ seed: 3, authors: "Echraibi, Flocon-Cholet, Gosselin, Vaton" },
      ...{ title: "Generalized stochastic backpropagation", year: 2020 },
    },
    where: table.where,
    title: table.title,
    setting: `${table.layers}, Adam at 10⁻⁴, batches of 100; −log p(x) of the test set by 200 importance samples from the posterior.`,
    budgets: {
      small: { runs: 1, steps: 100, examples: 100, likelihoodSamples: 200 },
      full: { runs: 5, epochs: 500, likelihoodSamples: 200 },
    },
    paperBudget: "500 epochs on MNIST, 100 on Omniglot, 5 runs, all test examples",
    quantities: [{ id: "test-nll", title: "test −log p(x), nats", decimals: 2 }],
    rows,
    orderWithin: ["data", "model"],
    claims: table.claims,
    notes: [
      "The paper prints log p(x); here it is −log p(x), lower is better. BSB and CSB are local-expectation; REBAR, RELAX and Gumbel-softmax have their default options here, which the paper does not tell.",
      "The paper does not say how MNIST is binarised, nor the units of its nets beyond those of the RELAX paper; here MNIST is the static one, and the nets are those of the examples folder.",
      "The full budget trains 500 epochs on Omniglot, too; --epochs 100 is the paper's there. The Omniglot file at hand may be smaller and split differently than the paper's.",
      "local-expectation evaluates every state of every unit at each step: on a processor a step takes seconds at most models, and the paper's 300 000 steps weeks. --only picks rows.",
    ],
  };
}

/** "The stochastic backpropagation estimator outperforms the baselines", by the same test examples, at S = 1. */
export function outperforms(
  ours: string,
  baselines: readonly string[],
  printed: Readonly<Record<string, Readonly<Record<string, PrintedRow>>>>,
): Claim {
  return {
    text: "In all cases the stochastic backpropagation estimator outperforms the baselines.",
    check(results) {
      const places = Object.entries(printed).flatMap(([data, byModel]) =>
        Object.keys(byModel).map((model) => ({ data, model })),
      );
      const differences = places.flatMap((labels) =>
        baselines.flatMap((estimator) => {
          const difference = results.difference("test-nll", { ...labels, estimator }, { ...labels, estimator: ours });
          return difference ? [{ ...difference, at: `${estimator} at ${labels.data}, ${labels.model}` }] : [];
        }),
      );
      if (differences.length === 0) return { holds: null, why: "no pair was run" };
      const all = places.length * baselines.length;
      const worse = differences.some(({ value, standardError }) => value < -2 * standardError);
      const better = differences.every(({ value, standardError }) => value > 2 * standardError);
      const list = differences.map(
        ({ value, standardError, at }) => `${value.toFixed(2)} ± ${standardError.toFixed(2)} (${at})`,
      );
      return {
        holds: worse ? false : better && differences.length === all ? true : null,
        why: `${differences.length} of ${all} pairs were run; baseline − ${ours}, by the same test examples, in nats: ${list.join("; ")}`,
      };
    },
  };
}
