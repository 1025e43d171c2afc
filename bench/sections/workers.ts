import { setTimeout as wait } from "node:timers/promises";
import { useBackend } from "../../core/backends/registry";
import { tf } from "../../core/backends/tf";
import { attributeVariance } from "../../core/diagnostics/attribution";
import type { Workers } from "../../core/diagnostics/chunks/chunks";
import { settle } from "../../core/diagnostics/sliced";
import { compareEstimators } from "../../core/engine/compareEstimators";
import { evaluateLikelihood } from "../../core/engine/evaluateLikelihood";
import { measureBias } from "../../core/engine/measureBias";
import { WorkerPool } from "../../core/engine/pool/workerPool";
import type { Prepared } from "../../core/engine/prepare";
import { requireTestLikelihood } from "../../core/engine/requireTestLikelihood";
import { beliefNet, example } from "../measure/beliefNet";
import { childSeconds } from "../measure/childSeconds";
import { ms, printTable, ratio } from "../measure/table";
import { workingBackends } from "../measure/workingBackends";
import type { Section } from "./section";

const SIZES = [0, 1, 2] as const;
/** Until the system has counted what ended workers used. */
const COUNTED_MS = 300;

interface Work {
  readonly title: string;
  readonly model: () => Promise<Prepared>;
  run(prepared: Prepared, workers: Workers | undefined): Promise<unknown>;
}

const net = (): Promise<Prepared> => beliefNet();

const works: readonly Work[] = [
  {
    title: "bias by 60 draws, `lr`, 784-200-784",
    model: net,
    run: (prepared, workers) =>
      withBatch(prepared, (data) =>
        settle(
          // Bounds that no draw can meet: all are taken.
          measureBias(prepared, prepared, {
            ...{ data, numSamples: 1, step: 0, method: "sample", draws: 60, margin: 1e-9, workers },
          }),
        ),
      ),
  },
  {
    title: "bias by enumeration, 784-12-784, 4096 states, 4 examples",
    model: () => example("../bench/measure/enumerableNet.ts", { seed: 1 }),
    run: (prepared, workers) =>
      withBatch(prepared, (data) =>
        settle(
          measureBias(prepared, prepared, {
            ...{ data, numSamples: 1, step: 0, method: "enumerate", draws: 0, workers },
          }),
        ),
      ),
  },
  {
    title: "test likelihood, 1000 samples, 100 examples",
    model: net,
    run: (prepared, workers) =>
      evaluateLikelihood(prepared, "test", requireTestLikelihood(prepared).test, 0, 1000, 100, () => false, workers),
  },
  {
    title: "comparison of `lr-c` and `muprop-c`, 60 draws",
    model: net,
    async run(prepared, workers) {
      const chosen = ["lr-c", "muprop-c"].map((text) => prepared.chooseEstimators(text));
      const fail = (_: string, error: unknown): never => {
        throw error;
      };
      const request = { step: 0, hasData: true, draws: 60, biasDraws: 40, warmUp: 20, workers, onFailure: fail };
      await withBatch(prepared, (data) => settle(compareEstimators(prepared, chosen, { ...request, data })));
      for (const { estimators } of chosen) for (const estimator of estimators.values()) estimator.dispose();
    },
  },
  {
    title: "variance by node, 60 draws, 784-200-200-784",
    model: () => example("sbn-200-200.ts", { dataset: "digits-binarized", batchSize: 100, seed: 1 }),
    run: (prepared, workers) =>
      withBatch(prepared, (data) =>
        settle(attributeVariance({ ...prepared, data, numSamples: 1, draws: 60, step: 0, workers })),
      ),
  },
];

/** Long work as the command line does it, alone and with workers, whose start counts; in turns. */
export const workers: Section = {
  id: "workers",
  title: "What workers save: the work alone, and wall and processor time with workers over it",
  async run({ rounds }) {
    for (const { id } of await workingBackends()) {
      await useBackend(id);
      const rows: string[][] = [];
      for (const work of works) {
        const prepared = await work.model();
        const least = SIZES.map(() => ({ wall: Infinity, processor: Infinity, delivered: 0 }));
        for (let round = 0; round < rounds; round++) {
          for (const [i, size] of SIZES.entries()) {
            const { wall, processor, delivered } = await timed(id, size, prepared, work);
            console.error(`${id}, ${work.title}, ${size} workers: ${ms(wall)} s, processor ${ms(processor)} s`);
            least[i] = {
              wall: Math.min(least[i]!.wall, wall),
              processor: Math.min(least[i]!.processor, processor),
              delivered: Math.max(least[i]!.delivered, delivered),
            };
          }
        }
        prepared.dispose();
        const [alone, ...shared] = least as [(typeof least)[0], ...typeof least];
        rows.push([
          ...[work.title, ms(alone.wall)],
          ...shared.flatMap(({ wall, processor, delivered }) => [
            ...[ratio(wall / alone.wall), ratio(processor / alone.processor), `${delivered}`],
          ]),
        ]);
      }
      console.log(`\n${id}\n`);
      const columns = ["wall", "processor", "chunks"];
      const of = (size: number): string[] => columns.map((name) => `${name}, ${size}`);
      printTable(["work", "alone, s", ...SIZES.slice(1).flatMap(of)], rows);
    }
  },
};

async function timed(
  backend: string,
  size: number,
  prepared: Prepared,
  work: Work,
): Promise<{ readonly wall: number; readonly processor: number; readonly delivered: number }> {
  const pool = new WorkerPool({ size, backend });
  const children = childSeconds();
  const own = process.cpuUsage();
  const began = performance.now();
  try {
    await work.run(prepared, pool.workersFor(prepared));
  } finally {
    pool.dispose();
  }
  const wall = (performance.now() - began) / 1000;
  await wait(COUNTED_MS);
  const { user, system } = process.cpuUsage(own);
  const ended = backend === "tensorflow" && size > 0 ? (childSeconds() ?? NaN) - (children ?? NaN) : 0;
  return { wall, processor: (user + system) / 1e6 + ended, delivered: pool.delivered };
}

async function withBatch<T>(prepared: Prepared, work: (data: ReturnType<Prepared["batch"]>) => Promise<T>): Promise<T> {
  const data = prepared.batch(0);
  try {
    return await work(data);
  } finally {
    tf.dispose(Object.values(data));
  }
}
