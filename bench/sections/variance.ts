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
import { ms, printTable, ratio } from "../measure/table";
import { workingBackends } from "../measure/workingBackends";
import type { Section } from "./section";

const REPLICATES = 1000;
const BATCH = 100;
const ENCODER = "encode/weight";
const MIN_PASSES = 20;

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
    const python = peerPython();
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
          const own = untilAsPrecise(subject.prepared, subject.x, theirs.standardError, round);
          rows.push([
            ...[id, describe(own), `${own.passes}`, describe(theirs), ms(own.seconds), ms(theirs.seconds)],
            ...[ratio(theirs.seconds / own.seconds), ratio(theirs.cpuSeconds / own.cpuSeconds)],
          ]);
        }
        subject.x.dispose();
        subject.prepared.dispose();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    const header = [
      "back end",
      "mean variance",
      "passes",
      "PyTorch's",
      "s",
      "PyTorch's s",
      "times faster",
      "by processor",
    ];
    printTable(header, rows);
  },
};

function describe({ value, standardError }: Found): string {
  return `${value.toPrecision(4)} ± ${standardError.toPrecision(2)} (1 s.e.)`;
}

/** The net at parameters that both can draw, and the first examples of the training set. */
async function atPortableParameters(): Promise<{ prepared: Prepared; x: tf.Tensor; numbers: Float32Array }> {
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

/** Passes of two replicates of every example until the standard error of their mean is as small. */
function untilAsPrecise(
  prepared: Prepared,
  x: tf.Tensor,
  standardError: number,
  seed: number,
): Found & { passes: number } {
  const { instance, structure, objective, estimators, numSamples } = prepared;
  const pass = (step: number): number => {
    const measured = measureVariance({
      ...{ instance, structure, objective, estimators, numSamples, seed, step },
      ...{ data: { x }, examples: BATCH, batchSize: BATCH, hasData: true, draws: 2, elementsUpTo: 0 },
    });
    const { monteCarlo, shape } = measured.find(({ name }) => name === ENCODER)!;
    return monteCarlo! / tf.util.sizeFromShape([...shape]);
  };
  pass(0);
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const values: number[] = [];
  let found = { value: NaN, standardError: Infinity };
  while (values.length < MIN_PASSES || found.standardError > standardError) {
    values.push(pass(values.length + 1));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    found = { value: mean, standardError: Math.sqrt(square / (values.length - 1) / values.length) };
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    ...found,
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    passes: values.length,
  };
}
