import { useBackend } from "../../core/backends/registry";
import { example, inTraining, type Trainee } from "../measure/beliefNet";
import { computing, countKernels } from "../measure/countKernels";
import { type Candidate, interleave } from "../measure/interleave";
import { ms, printTable, ratio } from "../measure/table";
import { workingBackends } from "../measure/workingBackends";
import type { Section } from "./section";

const MODELS = [
  { title: "784-200-200-50, ELBO", file: "vae-50.ts", overrides: {} },
  { title: "784-200-200-50, IWAE, 5 samples", file: "vae-50.ts", overrides: { objective: "iwae", samples: 5 } },
  { title: "784-200-200-100-100-100-50, ELBO", file: "vae-100-50.ts", overrides: {} },
  { title: "784-200-20, ELBO, four planar layers", file: "flow-vae.ts", overrides: {} },
] as const;
const GRADIENTS = [
  { title: "total", estimator: "pathwise" },
  { title: "path", estimator: "sticking-the-landing" },
  { title: "doubly reparameterised", estimator: "dreg" },
] as const;
const BATCH = 100;

/** A step of Gaussian autoencoders with the total and the path derivative, on each back end. */
export const vae: Section = {
  id: "vae",
  title: `Steps of Gaussian autoencoders, batch ${BATCH}, Adam: total and path derivative`,
  async run({ rounds }) {
    for (const { id } of await workingBackends()) {
      await useBackend(id);
      const candidates: Candidate[] = [];
      const kernels = new Map<string, number>();
      const open: Trainee[] = [];
      for (const { title, file, overrides } of MODELS) {
        for (const { estimator } of GRADIENTS) {
          const asked = { dataset: "digits-binarized", batchSize: BATCH, seed: 1, estimator, ...overrides };
          const net = inTraining(await example(`continuous/${file}`, asked), 0);
          for (let i = 0; i < 3; i++) net.step();
          kernels.set(`${title} ${estimator}`, computing(countKernels(() => net.step())));
          candidates.push({ name: `${title} ${estimator}`, backend: id, call: () => net.step() });
          open.push(net);
        }
      }
      const timings = await interleave(candidates, { rounds, warmUp: 5 });
      console.log(`\n${id}\n`);
      printTable(
        [
          "model",
          "gradient",
          "least ms",
          "median ms",
          "processor ms",
          "kernels",
          "over total, least",
          "over total, processor",
        ],
        MODELS.flatMap(({ title }) =>
          GRADIENTS.map((gradient) => {
            const { leastMs, medianMs, cpuMs } = timings.get(`${title} ${gradient.estimator}`)!;
            const total = timings.get(`${title} pathwise`)!;
            const count = String(kernels.get(`${title} ${gradient.estimator}`));
            const over = [ratio(leastMs / total.leastMs), ratio(cpuMs / total.cpuMs)];
            return [title, gradient.title, ms(leastMs), ms(medianMs), ms(cpuMs), count, ...over];
          }),
        ),
      );
      for (const each of open) each.dispose();
    }
  },
};
