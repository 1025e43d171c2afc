import { useBackend } from "../../core/backends/registry";
import { example, inTraining, type Trainee } from "../measure/beliefNet";
import { computing, countKernels } from "../measure/countKernels";
import { interleave } from "../measure/interleave";
import { randomCells } from "../measure/randomCells";
import { ms, printTable, ratio } from "../measure/table";
import { workingBackends } from "../measure/workingBackends";
import type { Section } from "./section";

const YARDSTICK = "pathwise";
const ESTIMATORS = [YARDSTICK, "gsb(order=2)", "gsb(order=4)", "gsb(order=8)"];

/** Steps of seed 3's logistic regression with the series cut at several orders, over pathwise's. */
export const gsb: Section = {
  id: "gsb",
  title: "Generalized stochastic backpropagation on logistic regression: 30 weights, 50 draws, batch 64",
  async run({ rounds }) {
    const cells = await randomCells();
    for (const { id } of await workingBackends()) {
      await useBackend(id);
      const nets = new Map<string, { net: Trainee; kernels: number }>();
      for (const estimator of ESTIMATORS) {
        const model = "continuous/logistic-regression.ts";
        const net = inTraining(await example(model, { estimator, dataFolder: cells.folder }), 0);
        net.step();
        nets.set(estimator, { net, kernels: computing(countKernels(() => net.step())) });
      }
      const timings = await interleave(
        [...nets].map(([name, { net }]) => ({ name, backend: id, call: () => net.step() })),
        { rounds, warmUp: 2 },
      );
      console.log(`\n${id}\n`);
      printTable(
        ["estimator", "least ms", "median ms", "processor ms", "kernels", `over ${YARDSTICK}`],
        [...nets].map(([name, { kernels }]) => {
          const { leastMs, medianMs, cpuMs } = timings.get(name)!;
          const over = ratio(leastMs / timings.get(YARDSTICK)!.leastMs);
          return [name, ms(leastMs), ms(medianMs), ms(cpuMs), String(kernels), over];
        }),
      );
      for (const { net } of nets.values()) net.dispose();
    }
    await cells.remove();
  },
};
