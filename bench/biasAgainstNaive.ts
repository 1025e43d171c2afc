// Model evaluations until a bias verdict, ours against whole batches and a z-test:
// npx tsx bench/biasAgainstNaive.ts MODEL [--draws N]
import { tf } from "../core/backends/tf";
import { useBackend } from "../core/backends/registry";
import { norm } from "../core/diagnostics/biasByEnumeration";
import { sequentialBias } from "../core/diagnostics/sequentialBias";
import { finish } from "../core/diagnostics/sliced";
import { studentTQuantile } from "../core/diagnostics/studentT";
import { unbiasedReference } from "../core/diagnostics/unbiasedReference";
import { loadModelFile, pickModel } from "../core/engine/modelLoader";
import { prepare, type Prepared } from "../core/engine/prepare";
import type { NodeEstimator } from "../core/estimators/estimator";
import { estimateGradient } from "../core/gradients/gradient";
import { Noise } from "../core/random/noise";

const ALPHA = 0.05;
/** Pairs of whole-batch differences that the naive way's spread is measured from. */
const PAIRS = 40;
const cases = [
  { estimator: "straight-through", margin: 0.01 },
  { estimator: "muprop", margin: 0.2 },
  { estimator: "lr", margin: 0.2 },
] as const;

type Estimators = ReadonlyMap<string, NodeEstimator>;

/** d = ĝ − reference of one whole batch, by parameter, and the reference itself. */
function wholeBatch(prepared: Prepared, own: Estimators, other: Estimators, replicate: number): Float32Array[][] {
  const { instance, structure, objective, batchSize, seed } = prepared;
  const data = prepared.batch(0);
  const layout = {
    seed,
    step: 0,
    numSamples: 1,
    numRows: batchSize,
    replicates: 1,
    firstReplicate: 100_000 + replicate,
  };
  const gradient = (estimators: Estimators): Float32Array[] => {
    const noise = new Noise(layout);
    const { gradients } = estimateGradient(instance, {
      structure,
      objective,
      estimators,
      data,
      noise,
      training: false,
    });
    const values = [...gradients.values()].map((tensor) => tensor.dataSync<"float32">().slice());
    tf.dispose([...gradients.values()]);
    return values;
  };
  const [a, b] = [gradient(own), gradient(other)];
  tf.dispose(Object.values(data));
  return [a.map((values, i) => values.map((value, e) => value - b[i]![e]!)), b];
}

function product(a: Float32Array, b: Float32Array): number {
  let total = 0;
  for (let e = 0; e < a.length; e++) total += a[e]! * b[e]!;
  return total;
}

/**
 * Evaluations that two plain ways take with whole-batch differences d = ĝ − reference. Their spread is measured, the numbers follow.
 * Products: the mean of ⟨d, d'⟩ over independent pairs estimates ‖E d‖²; a z-test compares it with the margin.
 * Elements: z-intervals of all elements of the mean of d, joined to one of its norm.
 */
function naive(
  prepared: Prepared,
  own: Estimators,
  other: Estimators,
  margin: number,
  known: readonly { readonly bias: number; readonly gradient: number; readonly size: number }[],
): { readonly products: number; readonly elements: number } {
  const sums = known.map(() => ({ first: 0, second: 0, trace: 0 }));
  for (let pair = 0; pair < PAIRS; pair++) {
    const [a] = wholeBatch(prepared, own, other, 2 * pair);
    const [b] = wholeBatch(prepared, own, other, 2 * pair + 1);
    sums.forEach((sum, i) => {
      const value = product(a![i]!, b![i]!);
      sum.first += value / PAIRS;
      sum.second += value ** 2 / PAIRS;
      sum.trace += (product(a![i]!, a![i]!) + product(b![i]!, b![i]!) - 2 * value) / 2 / PAIRS;
    });
  }
  const z = (tests: number): number => studentTQuantile(1 - ALPHA / 2 / tests, Infinity);
  const most = (values: readonly number[]): number => Math.ceil(Math.max(1, ...values));
  const products = sums.map(({ first, second }, i) => {
    const { bias, gradient } = known[i]!;
    return ((second - first ** 2) * z(known.length) ** 2) / (bias ** 2 - (margin * gradient) ** 2) ** 2;
  });
  const elements = sums.map(({ trace }, i) => {
    const { bias, gradient, size } = known[i]!;
    return (trace * z(known.length * size) ** 2) / (bias - margin * gradient) ** 2;
  });
  return { products: 4 * most(products), elements: 2 * most(elements) };
}

async function main(): Promise<void> {
  const [file = "examples/sbn-200.ts"] = process.argv.slice(2);
  const at = process.argv.indexOf("--draws");
  const draws = at < 0 ? 4000 : Number(process.argv[at + 1]);
  await useBackend("wasm");
  console.log(
    "| estimator | margin | verdict | ours | ours without score control | products of pairs | intervals of elements | ratio to the better |",
  );
  console.log("|---|---|---|---|---|---|---|---|");
  for (const { estimator, margin } of cases) {
    const loaded = loadModelFile(file);
    const prepared = await prepare(pickModel(loaded, undefined).definition, loaded.file, { estimator });
    const { instance, structure, objective, batchSize, estimators, specs, seed } = prepared;
    const text = unbiasedReference(structure, specs, objective.id)!.text;
    const reference = { id: text, estimators: prepared.chooseEstimators(text).estimators };
    const data = prepared.batch(0);
    const request = {
      instance,
      structure,
      objective,
      data,
      batchSize,
      numSamples: 1,
      estimators,
      reference,
      draws,
      margin,
      seed,
      step: 0,
      alpha: ALPHA,
    };
    const report = finish(sequentialBias(request));
    const known = report.parameters.map(({ mean, bias, relativeBias }) => {
      const gradient = norm(mean.map((value, e) => value - bias[e]!));
      return { gradient, bias: (relativeBias ?? 0) * gradient, size: mean.length };
    });
    const other = naive(prepared, estimators, reference.estimators, margin, known);
    const ours = report.evaluations ?? NaN;
    const plain = finish(sequentialBias({ ...request, draws: 100, scoreControl: false }));
    const more = plain.remaining === undefined ? null : plain.remaining;
    const without =
      plain.verdict === "undecided"
        ? more
          ? `about ${(2 * more.draws).toExponential(1)}`
          : "unknown"
        : plain.evaluations;
    const ratio = Math.min(other.products, other.elements) / ours;
    console.log(
      `| ${estimator} against ${text} | ${margin} | ${report.verdict} | ${ours} | ${without} | ${other.products.toExponential(1)} | ${other.elements.toExponential(1)} | ${ratio.toPrecision(3)} |`,
    );
    tf.dispose(Object.values(data));
    for (const node of reference.estimators.values()) node.dispose();
    prepared.dispose();
  }
}

void main();
