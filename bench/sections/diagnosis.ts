import { join } from "node:path";
import { useBackend } from "../../core/backends/registry";
import { ratioInterval } from "../../core/diagnostics/ratioInterval";
import type { TrainingRun } from "../../core/engine/run";
import { startRun } from "../../core/engine/startRun";
import type { TrainRequest } from "../../core/protocol/engine";
import { ms, printTable } from "../measure/table";
import type { Section } from "./section";

const BUDGET = 0.1;
const BLOCK_MS = 1000;
const BLOCKS_PER_ROUND = 6;
/** What each run is given before it counts: steps and checks that compile and allocate, and are paid for while it lasts. */
const WARM_UP_MS = 20_000;
const VARIANTS: readonly { readonly title: string; readonly request: Partial<TrainRequest> }[] = [
  { title: "off", request: { diagnosticsInterval: 0 } },
  { title: "variance", request: {} },
  { title: "variance and bias", request: { biasChecks: "continuous" } },
];

interface Candidate {
  readonly title: string;
  readonly run: TrainingRun;
  readonly ended: Promise<unknown>;
  /** Times in which no message was read. */
  readonly gaps: number[];
  /** Of every block. */
  readonly perStep: { readonly wall: number[]; readonly cpu: number[] };
}

/**
 * What diagnosis beside training costs of all time, against the budget that it was given: three runs in one process take turns of a second, so that a
 * machine that is slower for a while is slower for all, and intervals come from the turns. What diagnosis costs steps in between, such as
 * memory to be collected, counts.
 */
export const diagnosis: Section = {
  id: "diagnosis",
  title: "Continuous diagnosis against its budget of a tenth: 784-200-784 belief net, batch 100, muprop-c",
  async run({ rounds }) {
    const { id } = await useBackend("auto");
    const candidates: Candidate[] = [];
    for (const variant of VARIANTS) candidates.push(await prepareRun(id, variant));
    for (const candidate of candidates) await trainFor(candidate, WARM_UP_MS);
    const cycles = rounds * BLOCKS_PER_ROUND;
    for (let cycle = 0; cycle < cycles; cycle++) {
      // There and back: no run always follows the same other one.
      for (const candidate of cycle % 2 === 0 ? candidates : [...candidates].reverse()) {
        const { wall, cpu, steps } = await trainFor(candidate, BLOCK_MS, candidate.gaps);
        candidate.perStep.wall.push(wall / steps);
        candidate.perStep.cpu.push(cpu / steps);
      }
    }
    console.log(`${id}, ${cycles} turns of ${BLOCK_MS / 1000} s each; intervals at 95 %\n`);
    const off = candidates[0]!;
    printTable(
      [
        ...["diagnosis", "ms a step", "processor ms", "share of the time", "share of the processor"],
        ...["by the engine's own clock", "longest gap, ms", "99 % of gaps below", "checks ended"],
      ],
      candidates.map(({ title, run, perStep, gaps }) => {
        const { diagnosticsShare, biasWatch } = run.snapshot;
        const isOff = title === off.title;
        return [
          title,
          ...(["wall", "cpu"] as const).map((key) => ms(mean(perStep[key]))),
          ...(["wall", "cpu"] as const).map((key) => (isOff ? "" : share(off.perStep[key], perStep[key]))),
          isOff ? "" : percent(diagnosticsShare ?? 0),
          ms(Math.max(...gaps)),
          ms([...gaps].sort((a, b) => a - b)[Math.floor(0.99 * gaps.length)]!),
          String(biasWatch?.checks.length ?? 0),
        ];
      }),
    );
    console.log("\nA gap is the time in which no message is read: four steps, and what is measured between them.");
    for (const { run, ended } of candidates) {
      run.stop();
      await ended;
      run.dispose();
    }
  },
};

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);

/** 1 − without/with, with its interval. */
function share(without: readonly number[], withIt: readonly number[]): string {
  const interval = ratioInterval(without, withIt);
  const range = interval ? ` [${percent(1 - interval[1])}, ${percent(1 - interval[0])}]` : "";
  return percent(1 - mean(without) / mean(withIt)) + range;
}

async function prepareRun(backend: string, { title, request }: (typeof VARIANTS)[number]): Promise<Candidate> {
  const run = await startRun(
    {
      file: join(__dirname, "../../examples/sbn-200.ts"),
      ...{ dataset: "digits-binarized", batchSize: 100, estimator: "muprop-c", diagnosticsBudget: BUDGET },
      ...{ steps: 10_000_000, ...request },
    },
    { backend, folderByDefault: false, finalEvaluationExamples: 1, onDelta: () => undefined },
  );
  const ended = run.run();
  run.pause();
  return { title, run, ended, gaps: [], perStep: { wall: [], cpu: [] } };
}

/** Lets one run go on for a while; the others stand still. */
async function trainFor(
  { run }: Candidate,
  duration: number,
  gaps: number[] = [],
): Promise<{ readonly wall: number; readonly cpu: number; readonly steps: number }> {
  const from = { step: run.snapshot.step, wall: performance.now(), cpu: process.cpuUsage() };
  run.resume();
  for (let now = from.wall; now - from.wall < duration;) {
    await new Promise((next) => setImmediate(next));
    const before = now;
    now = performance.now();
    gaps.push(now - before);
  }
  run.pause();
  const { user, system } = process.cpuUsage(from.cpu);
  const { step, state, message } = run.snapshot;
  if (state === "failed") throw new Error(message ?? "the run failed");
  if (step === from.step) throw new Error(`no step in ${duration} ms: this machine is too slow or too busy to time it`);
  return { wall: performance.now() - from.wall, cpu: (user + system) / 1000, steps: step - from.step };
}
