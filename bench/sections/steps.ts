import { useBackend } from "../../core/backends/registry";
import { trainee } from "../measure/beliefNet";
import { computing, countKernels } from "../measure/countKernels";
import { type Candidate, interleave, type Timing } from "../measure/interleave";
import { matrixProducts } from "../measure/matrixProducts";
import { ms, printTable, ratio } from "../measure/table";
import { workingBackends } from "../measure/workingBackends";
import type { Section } from "./section";

/** Estimators that users compare most; every other one is in the section of estimators. */
const ESTIMATORS = ["lr", "lr-c-vn-idb", "muprop-c", "straight-through"] as const;
const PRODUCTS = {
  lr: "score",
  "lr-c-vn-idb": "baseline",
  "muprop-c": "muprop",
  "straight-through": "through",
} as const;
const DIAGNOSTICS = [
  { title: "off", interval: 0 },
  { title: "budget", interval: null },
  { title: "every step", interval: 1 },
] as const;

/** Milliseconds of a step on each back end, with and without diagnostics, over the step's own matrix products. */
export const steps: Section = {
  id: "steps",
  title: "Steps of the 784-200-784 belief net, batch 100, Adam",
  async run({ rounds }) {
    for (const { id } of await workingBackends()) {
      await useBackend(id);
      const candidates: Candidate[] = [];
      const kernels = new Map<string, number>();
      const open: { dispose(): void }[] = [];
      for (const estimator of ESTIMATORS) {
        const products = matrixProducts(PRODUCTS[estimator]);
        open.push(products);
        candidates.push({ name: `${estimator} products`, backend: id, call: products.run });
        for (const { title, interval } of DIAGNOSTICS) {
          const net = await trainee({ estimator }, interval);
          open.push(net);
          for (let i = 0; i < 3; i++) net.step();
          kernels.set(`${estimator} ${title}`, computing(countKernels(() => net.step())));
          candidates.push({ name: `${estimator} ${title}`, backend: id, call: () => net.step() });
        }
      }
      const timings = await interleave(candidates, { rounds });
      const time = (name: string): Timing => timings.get(name)!;
      console.log(`\n${id}\n`);
      printTable(
        [
          "estimator",
          "diagnostics",
          "least ms",
          "median ms",
          "processor ms",
          "kernels",
          "over its products",
          "least over off",
          "processor over off",
        ],
        ESTIMATORS.flatMap((estimator) =>
          DIAGNOSTICS.map(({ title }) => {
            const name = `${estimator} ${title}`;
            const { leastMs, medianMs, cpuMs, cpuMedianMs } = time(name);
            const products = time(`${estimator} products`);
            const off = time(`${estimator} off`);
            return [
              estimator,
              title,
              ms(leastMs),
              ms(medianMs),
              ms(cpuMs),
              String(kernels.get(name)),
              ratio(leastMs / products.leastMs),
              ratio(leastMs / off.leastMs),
              // The least step has no look at control variates or drift, and in a budgeted run no measurement at all.
              ratio(cpuMedianMs / off.cpuMedianMs),
            ];
          }),
        ),
      );
      for (const each of open) each.dispose();
    }
  },
};
