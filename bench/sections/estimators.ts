import { useBackend } from "../../core/backends/registry";
import { GradlensError } from "../../core/errors";
import { estimators as registered } from "../../core/estimators/registry";
import { trainee, type Trainee } from "../measure/beliefNet";
import { computing, countKernels } from "../measure/countKernels";
import { interleave } from "../measure/interleave";
import { ms, printTable, ratio } from "../measure/table";
import type { Section } from "./section";

const YARDSTICK = "straight-through";

/** Every registered estimator that can stand at the belief net's Bernoulli node, on WebAssembly, over straight-through. */
export const estimators: Section = {
  id: "estimators",
  title: "Each discrete estimator's step over straight-through's, 784-200-784 net, batch 100, wasm",
  async run({ rounds }) {
    await useBackend("wasm");
    const nets = new Map<string, { net: Trainee; kernels: number }>();
    const refused: string[] = [];
    for (const { id, distributions } of registered) {
      if (distributions !== "all" && !distributions.includes("bernoulli")) continue;
      try {
        const net = await trainee({ estimator: id, objective: objectiveOf(id) }, 0);
        net.step();
        nets.set(id, { net, kernels: computing(countKernels(() => net.step())) });
      } catch (error) {
        if (!(error instanceof GradlensError)) throw error;
        refused.push(`${id}: ${error.message}`);
      }
    }
    const timings = await interleave(
      [...nets].map(([id, { net }]) => ({ name: id, backend: "wasm", call: () => net.step() })),
      { rounds, warmUp: 2, windowMs: 150 },
    );
    const yardstick = timings.get(YARDSTICK)!.cpuMs;
    printTable(
      ["estimator", "S", "model evaluations", "least ms", "processor ms", "kernels", `over ${YARDSTICK}`],
      [...nets].map(([id, { net, kernels }]) => {
        const { leastMs, cpuMs } = timings.get(id)!;
        const { evaluations } = registered.find((estimator) => estimator.id === id)!;
        const samples = String(net.prepared.numSamples);
        return [id, samples, evaluations, ms(leastMs), ms(cpuMs), String(kernels), ratio(cpuMs / yardstick)];
      }),
    );
    for (const line of refused) console.log(`\nleft out: ${line}`);
    for (const { net } of nets.values()) net.dispose();
  },
};

/** The objective that an estimator serves when it does not serve the evidence lower bound. */
function objectiveOf(id: string): string {
  const { objectives } = registered.find((estimator) => estimator.id === id)!;
  return !objectives || objectives.includes("elbo") ? "elbo" : objectives[0]!;
}
