// One piece of work in a process of its own: node scripts/bootstrap.mjs bench/measure/peakMemory.ts train ID SAMPLES | likelihood SAMPLES
// Prints { setUpMiB, peakMiB, seconds } as JSON: resident memory after set-up, and the most the process ever held.
import { useBackend } from "../../core/backends/registry";
import { evaluateLikelihood } from "../../core/engine/evaluateLikelihood";
import { requireTestLikelihood } from "../../core/engine/requireTestLikelihood";
import { beliefNet, trainee } from "./beliefNet";

/** Steps that are trained; memory grows no more after the first few. */
const STEPS = 10;
/** Test examples of the likelihood. */
const EXAMPLES = 20;

async function work(kind: string, args: readonly string[]): Promise<() => Promise<void>> {
  if (kind === "likelihood") {
    const prepared = await beliefNet();
    const { test } = requireTestLikelihood(prepared);
    const samples = Number(args[0]);
    return async () =>
      void (await evaluateLikelihood(prepared, "test/log-likelihood", test, 0, samples, EXAMPLES, () => false));
  }
  const [estimator = "", samples] = args;
  const net = await trainee({ estimator, objective: "iwae", samples: Number(samples) }, 0);
  return async () => {
    for (let step = 0; step < STEPS; step++) net.step();
    await Promise.resolve();
  };
}

async function main(): Promise<void> {
  const [kind = "", ...args] = process.argv.slice(2);
  await useBackend("wasm");
  const run = await work(kind, args);
  const setUpMiB = process.memoryUsage().rss / 2 ** 20;
  const began = performance.now();
  await run();
  const seconds = (performance.now() - began) / 1000;
  console.log(JSON.stringify({ setUpMiB, peakMiB: process.resourceUsage().maxRSS / 1024, seconds }));
}

void main();
