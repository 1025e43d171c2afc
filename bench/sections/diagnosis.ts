import { join } from "node:path";
import { useBackend } from "../../core/backends/registry";
import { startRun } from "../../core/engine/startRun";
import type { TrainRequest } from "../../core/protocol/engine";
import { ms, printTable } from "../measure/table";
import type { Section } from "./section";

const BUDGET = 0.1;
/** Steps that compile and allocate, and the first measurement, which is charged for in part. */
const WARM_UP = 100;
const VARIANTS: readonly { readonly title: string; readonly request: Partial<TrainRequest> }[] = [
  { title: "off", request: { diagnosticsInterval: 0 } },
  { title: "variance", request: {} },
  { title: "variance and bias", request: { biasChecks: "continuous" } },
];

interface Spent {
  steps: number;
  cpuMs: number;
  wallMs: number;
}

/** What diagnosis beside training costs of all time, in whole runs that take turns, against the budget that it was given. */
export const diagnosis: Section = {
  id: "diagnosis",
  title: "Continuous diagnosis against its budget of a tenth: 784-200-784 belief net, batch 100, muprop-c",
  async run({ rounds, steps }) {
    const { id } = await useBackend("auto");
    const spent = new Map(VARIANTS.map(({ title }) => [title, { steps: 0, cpuMs: 0, wallMs: 0 }]));
    const told = new Map<string, string>();
    for (let round = 0; round < rounds; round++) {
      for (const { title, request } of VARIANTS) {
        const { share, checks, ...more } = await timedRun(id, WARM_UP + steps, request);
        const sum = spent.get(title)!;
        for (const key of ["steps", "cpuMs", "wallMs"] as const) sum[key] += more[key];
        told.set(title, `${percent(share)}, ${checks} checks ended`);
      }
    }
    const off = spent.get("off")!;
    const over = (own: Spent, key: "cpuMs" | "wallMs"): string =>
      percent(1 - off[key] / off.steps / (own[key] / own.steps));
    console.log(`${id}, ${rounds} rounds of ${steps} steps\n`);
    printTable(
      [
        "diagnosis",
        "ms a step",
        "processor ms",
        "share of the time",
        "share of the processor",
        "by the engine's own clock",
      ],
      VARIANTS.map(({ title }) => {
        const own = spent.get(title)!;
        const numbers = [ms(own.wallMs / own.steps), ms(own.cpuMs / own.steps)];
        return title === "off"
          ? [title, ...numbers, "", "", ""]
          : [title, ...numbers, over(own, "wallMs"), over(own, "cpuMs"), told.get(title)!];
      }),
    );
  },
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A run's cost between the end of its warm-up and its last step but one. */
async function timedRun(
  backend: string,
  total: number,
  request: Partial<TrainRequest>,
): Promise<Spent & { readonly share: number; readonly checks: number }> {
  type Mark = { readonly step: number; readonly wall: number; readonly cpu: NodeJS.CpuUsage };
  let first: Mark | null = null;
  let last: Mark | null = null;
  const run = await startRun(
    {
      file: join(__dirname, "../../examples/sbn-200.ts"),
      ...{
        dataset: "digits-binarized",
        batchSize: 100,
        estimator: "muprop-c",
        steps: total,
        diagnosticsBudget: BUDGET,
      },
      ...request,
    },
    {
      ...{ backend, folderByDefault: false, finalEvaluationExamples: 1 },
      onDelta: () => {
        const { step, state } = run.snapshot;
        if (state !== "running" || step < WARM_UP || step >= total) return;
        last = { step, wall: performance.now(), cpu: process.cpuUsage() };
        first ??= last;
      },
    },
  );
  const { diagnosticsShare, biasWatch } = await run.run();
  run.dispose();
  const [from, to] = [first as Mark | null, last as Mark | null];
  if (!from || !to || to.step <= from.step) throw new Error(`${total} steps are too few to time; raise --steps`);
  return {
    steps: to.step - from.step,
    wallMs: to.wall - from.wall,
    cpuMs: (to.cpu.user + to.cpu.system - from.cpu.user - from.cpu.system) / 1000,
    share: diagnosticsShare ?? 0,
    checks: biasWatch?.checks.length ?? 0,
  };
}
