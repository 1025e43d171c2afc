import { useBackend } from "../../core/backends/registry";
import { tf } from "../../core/backends/tf";
import { trainee } from "../measure/beliefNet";
import { printTable } from "../measure/table";
import type { Section } from "./section";

/** Tensors and memory after many steps with diagnostics; --steps 10000 for the long one. */
export const memory: Section = {
  id: "memory",
  title: "Tensors and memory over steps of muprop-c, with diagnostics by budget, wasm",
  async run({ steps }) {
    await useBackend("wasm");
    const net = await trainee({ estimator: "muprop-c" }, null);
    const rows: string[][] = [];
    const warm = Math.min(100, steps);
    for (let step = 0; step <= steps; step++) {
      if (step === warm || (step > 0 && step % Math.ceil(steps / 10) === 0)) {
        const { numTensors, numBytes } = tf.memory();
        const { rss, heapUsed } = process.memoryUsage();
        const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
        rows.push([String(step), String(numTensors), mb(numBytes), mb(heapUsed), mb(rss)]);
      }
      net.step();
    }
    printTable(["step", "tensors", "tensor MiB", "heap MiB", "resident MiB"], rows);
    net.dispose();
  },
};
