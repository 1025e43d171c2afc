import { expectedCost, logVariance } from "./probes";
import type { Claim, Reproduction, Results, Row } from "./reproduction";
import { trainedRow } from "./trainedRow";

/** Ours: the paper's name of an estimator, and our id. */
const estimators = [
  ["stochastic backpropagation", "gsb"],
  ["pathwise", "implicit-pathwise"],
  ["weak reparameterization", "weak-reparameterization"],
  ["score function", "lr"],
] as const;

export const dimensions = ["1", "10", "100"] as const;

/** Rows of one toy problem: every dimension with every estimator. */
export function gammaRows(exports: Readonly<Record<(typeof dimensions)[number], string>>): readonly Row[] {
  return dimensions.flatMap((d) =>
    estimators.map(([, estimator]) =>
      trainedRow({
        labels: { d, estimator },
        model: `continuous/gamma-toy.ts#${exports[d]}`,
        dataset: null,
        estimator,
        batchSize: 1,
        optimizer: { id: "adam", learningRate: 1e-3 },
        along: { shares: [0, 0.1, 0.25, 0.5, 1], probes: [expectedCost, logVariance] },
      }),
    ),
  );
}

/** What the two toy problems share. */
export const gammaToy = {
  paper: {
    seed: 3,
    authors: "Echraibi, Flocon-Cholet, Gosselin, Vaton",
    title: "Generalized stochastic backpropagation",
    year: 2020,
  },
  budgets: {
    small: { runs: 5, steps: 3000, draws: 200 },
    full: { runs: 5, steps: 10_000, draws: 2000 },
  },
  paperBudget: "5 runs; the number of steps stands on the figure's axis only",
  quantities: [
    { id: "loss", title: "loss E f(z), by 10 000 draws" },
    { id: "ln-variance", title: "ln of the variance of an element of the gradient, mean over elements" },
  ],
  claims: [fastest(), competitive()],
} satisfies Partial<Reproduction>;

export const gammaNotes: readonly string[] = [
  `The paper's names: ${estimators.map(([name, id]) => `${name} is ${id}`).join(", ")}.`,
  "The figure prints no numbers, so there is none beside ours; the sentences of section 6.1 are checked instead.",
  "The paper does not say where k and μ start, how they are kept positive, or how many draws a step takes: here both start at 1, their logarithms are trained, and a step takes one draw.",
  "The variance is measured at each estimator's own parameters, from draws beside the run, not from Adam's moving averages as in the paper's appendix B.",
];

function fastest(): Claim {
  return {
    text: "The stochastic backpropagation estimator converges to the minimal value in all cases faster than the others.",
    check(results) {
      const lower: string[] = [];
      const behind: string[] = [];
      for (const d of dimensions) {
        for (const [, other] of estimators.slice(1)) {
          const [a, b] = [results.last("loss", { d, estimator: "gsb" }), results.last("loss", { d, estimator: other })];
          if (!a || !b || a.standardError === null || b.standardError === null) return unknown(results);
          const error = Math.hypot(a.standardError, b.standardError);
          if (b.value - a.value > 2 * error) lower.push(`${other} at d = ${d}`);
          else if (a.value - b.value > 2 * error) behind.push(`${other} at d = ${d}`);
        }
      }
      const all = dimensions.length * (estimators.length - 1);
      const why = `after the last step its loss is lower than that of ${lower.length} of ${all} others by more than two standard errors${behind.length > 0 ? `, and higher than that of ${behind.join(", ")}` : ""}`;
      return { holds: behind.length > 0 ? false : lower.length === all ? true : null, why };
    },
  };
}

function competitive(): Claim {
  return {
    text: "The variance of its gradient is competitive with the pathwise gradient's.",
    check(results) {
      const ratios = dimensions.map((d) => ratio(results, d));
      if (ratios.some((value) => value === null)) return unknown(results);
      const text = ratios.map((value, i) => `${value!.toPrecision(3)} at d = ${dimensions[i]}`).join(", ");
      return {
        holds: ratios.every((value) => value! <= 2),
        why: `before the first step, where all stand at the same parameters, its variance over the pathwise one's is ${text}; up to 2 counts as competitive`,
      };
    },
  };
}

/** Variance of gsb over that of the pathwise gradient at the common parameters of step 0. */
function ratio(results: Results, d: string): number | null {
  const at = (estimator: string): number | null =>
    results.of("ln-variance", { d, estimator }).find(({ step }) => step === 0)?.measured?.value ?? null;
  const [ours, pathwise] = [at("gsb"), at("implicit-pathwise")];
  return ours === null || pathwise === null ? null : Math.exp(ours - pathwise);
}

function unknown(_: Results): { holds: null; why: string } {
  return { holds: null, why: "not all rows were run" };
}
