import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useBackend } from "../../core/backends/registry";
import { tf } from "../../core/backends/tf";
import { gather } from "../../core/data/batches";
import { measureVariance } from "../../core/diagnostics/measureVariance";
import type { Prepared } from "../../core/engine/prepare";
import { beliefNet } from "../measure/beliefNet";
import { portableGlorot } from "../measure/portableGlorot";
import { peerPython } from "../measure/peerPython";
import { printTable, ratio } from "../measure/table";
import { workingBackends } from "../measure/workingBackends";
import type { Section } from "./section";

const REPLICATES = 1000;
const BATCH = 100;
const ENCODER = "encode/weight";
/** Draws of every example that are tried, from few to many, and how often a measurement is repeated to know its standard error. */
const DRAWS = [4, 8, 12, 16, 20, 30, 40, 60, 80] as const;
const REPETITIONS = 20;

interface Found {
  readonly value: number;
  readonly standardError: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/**
 * The mean variance of the encoder's weights over noise at fixed examples, here and by PyTorch's loop over replicates of the whole batch,
 * in turns. GRADLENS_PEER_PYTHON names a Python that has PyTorch, GRADLENS_PEER_DATA a folder with the binarized MNIST digits; without
 * it the built-in digits serve.
 */
export const variance: Section = {
  id: "variance",
  title: `Variance to the standard error of ${REPLICATES} whole-batch replicates, one thread each`,
  async run({ rounds }) {
    const python = peerPython(1);
    if (python === null) return;
    const folder = mkdtempSync(join(tmpdir(), "gradlens-variance-"));
    const rows: string[][] = [];
    try {
      for (const { id } of await workingBackends()) {
        await useBackend(id);
        const subject = await atPortableParameters();
        const file = join(folder, "numbers");
        writeFileSync(file, subject.numbers);
        for (let round = 0; round < rounds; round++) {
          const theirs = JSON.parse(
            execFileSync(python, [join(__dirname, "../peers/torch_variance.py"), "1", `${REPLICATES}`, file], {
              env: { ...process.env, OMP_NUM_THREADS: "1" },
            }).toString(),
          ) as Found;
          for (const monteCarloOnly of [true, false]) {
            const own = asPrecise(subject, { monteCarloOnly, standardError: theirs.standardError, seed: round });
            rows.push([
              ...[id, monteCarloOnly ? "Monte Carlo" : "and data part", describe(own), `${own.draws}`],
              ...[describe(theirs), seconds(own.cpuSeconds), seconds(theirs.cpuSeconds)],
              ...[ratio(theirs.seconds / own.seconds), ratio(theirs.cpuSeconds / own.cpuSeconds)],
            ]);
          }
        }
        subject.x.dispose();
        subject.prepared.dispose();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    const header = [
      "back end",
      "parts",
      "mean variance",
      `draws of ${BATCH} examples`,
      "PyTorch's",
      "processor s",
      "PyTorch's",
      "times faster",
      "by processor",
    ];
    printTable(header, rows);
  },
};

function describe({ value, standardError }: Found): string {
  return `${value.toPrecision(4)} ± ${standardError.toPrecision(2)} (1 s.e.)`;
}

function seconds(value: number): string {
  return value.toPrecision(3);
}

interface Subject {
  readonly prepared: Prepared;
  readonly x: tf.Tensor;
  readonly numbers: Float32Array;
}

/** The net at parameters that both can draw, and the first examples of the training set. */
async function atPortableParameters(): Promise<Subject> {
  const folder = process.env["GRADLENS_PEER_DATA"];
  const data = folder ? { dataset: "binarized-mnist", dataFolder: folder } : {};
  const prepared = await beliefNet({ estimator: "lr", ...data });
  const [encoder, decoder] = portableGlorot(1, [
    [784, 200],
    [200, 784],
  ]) as [Float32Array, Float32Array];
  for (const { name, shape, variable } of prepared.instance.parameters) {
    const given = { [ENCODER]: encoder, "decode/weight": decoder }[name];
    prepared.instance.store.assign(name, given ?? new Float32Array(variable.size), shape);
  }
  const { values } = gather(
    prepared.dataset!.train,
    Uint32Array.from({ length: BATCH }, (_, i) => i),
  ).inputs["x"]!;
  const numbers = new Float32Array([...values, ...encoder, ...decoder]);
  return { prepared, x: tf.tensor(values, [1, BATCH, 784]), numbers };
}

interface Precision {
  /** Without the part between examples, which the loop does not tell either. */
  readonly monteCarloOnly: boolean;
  readonly standardError: number;
  readonly seed: number;
}

/** One measurement of as few draws of every example as leave it a standard error as small, by repetitions; the time is a measurement's. */
function asPrecise(
  { prepared, x }: Subject,
  { monteCarloOnly, standardError, seed }: Precision,
): Found & { draws: number } {
  const { instance, structure, objective, estimators, numSamples } = prepared;
  const measure = (draws: number, step: number): number => {
    const measured = measureVariance({
      ...{ instance, structure, objective, estimators, numSamples, seed, step, draws, monteCarloOnly },
      ...{ data: { x }, examples: BATCH, batchSize: BATCH, hasData: true, elementsUpTo: 0 },
    });
    const { monteCarlo, shape } = measured.find(({ name }) => name === ENCODER)!;
    return monteCarlo! / tf.util.sizeFromShape([...shape]);
  };
  measure(2, 0);
  for (const draws of DRAWS) {
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    const values = Array.from({ length: REPETITIONS }, (_, i) => measure(draws, i + 1));
    const elapsed = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const mean = values.reduce((sum, value) => sum + value, 0) / REPETITIONS;
    const own = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (REPETITIONS - 1));
    if (own > standardError && draws < DRAWS.at(-1)!) continue;
    const [seconds, cpuSeconds] = [elapsed / REPETITIONS, (user + system) / 1e6 / REPETITIONS];
    return { value: values[0]!, standardError: own, seconds, cpuSeconds, draws };
  }
  throw new Error("there are no numbers of draws to try");
}
