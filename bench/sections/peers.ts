import { useBackend } from "../../core/backends/registry";
import { trainee } from "../measure/beliefNet";
import { type Candidate, interleave } from "../measure/interleave";
import { peerPython } from "../measure/peerPython";
import { ms, printTable, ratio } from "../measure/table";
import { torchSteps } from "../measure/torchSteps";
import { workingBackends } from "../measure/workingBackends";
import type { Section } from "./section";

const ESTIMATORS = [
  { estimator: "lr" },
  { estimator: "lr-c-vn-idb" },
  { estimator: "muprop-c" },
  { estimator: "vimco", objective: "iwae", samples: 5 },
  { estimator: "rebar(learn=no)" },
] as const;
const WINDOW_S = 0.5;

/**
 * Steps here and in PyTorch's eager mode, in turns: GRADLENS_PEER_PYTHON names a Python that has PyTorch. Both have as many threads as
 * `--threads` says, 1 when left out; WebAssembly has one.
 */
export const peers: Section = {
  id: "peers",
  title: "Steps of the belief net beside PyTorch",
  async run({ rounds, threads }) {
    const python = peerPython(threads);
    if (python === null) return;
    const torch = await torchSteps(python, threads);
    console.error(`PyTorch ${torch.version}, eager, Adam as it comes; threads: ${threads}`);
    for (const { id } of await workingBackends()) {
      await useBackend(id);
      const rows: string[][] = [];
      for (const overrides of ESTIMATORS) {
        const { estimator } = overrides;
        const net = await trainee(overrides, 0);
        const own: Candidate = { name: estimator, backend: id, call: () => net.step() };
        const least = { own: Infinity, torch: Infinity };
        const cpu = { own: Infinity, torch: Infinity };
        for (let round = 0; round < rounds; round++) {
          const timing = (await interleave([own], { rounds: 1, windowMs: 1000 * WINDOW_S })).get(estimator)!;
          const theirs = await torch.time(estimator, WINDOW_S);
          console.error(`${id}, ${estimator}: ${ms(timing.leastMs)} ms, PyTorch ${ms(theirs.leastMs)} ms`);
          least.own = Math.min(least.own, timing.leastMs);
          least.torch = Math.min(least.torch, theirs.leastMs);
          cpu.own = Math.min(cpu.own, timing.cpuMs);
          cpu.torch = Math.min(cpu.torch, theirs.cpuMs);
        }
        net.dispose();
        rows.push([
          ...[estimator, ms(least.own), ms(least.torch), ratio(least.own / least.torch)],
          ...[ms(cpu.own), ms(cpu.torch), ratio(cpu.own / cpu.torch)],
        ]);
      }
      console.log(`\n${id}\n`);
      const header = ["estimator", "least ms", "PyTorch's", "ratio", "processor ms", "PyTorch's", "ratio"];
      printTable(header, rows);
    }
    torch.end();
  },
};
