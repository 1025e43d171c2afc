import { useBackend } from "../../core/backends/registry";
import { tf } from "../../core/backends/tf";
import { bernoulli } from "../../core/distributions/bernoulli";
import { beta } from "../../core/distributions/beta";
import { categorical } from "../../core/distributions/categorical";
import { dirichlet } from "../../core/distributions/dirichlet";
import { type Distribution, nodeNoise } from "../../core/distributions/distribution";
import { gamma } from "../../core/distributions/gamma";
import { gumbel } from "../../core/distributions/gumbel";
import { laplace } from "../../core/distributions/laplace";
import { logistic } from "../../core/distributions/logistic";
import { lognormal } from "../../core/distributions/lognormal";
import { mixture } from "../../core/distributions/mixture";
import { normal } from "../../core/distributions/normal";
import { Noise } from "../../core/random/noise";
import { interleave } from "../measure/interleave";
import { numpySamplers } from "../measure/numpySamplers";
import { ms, printTable, ratio } from "../measure/table";
import type { Section } from "./section";

const COUNT = 200_000;
const UNITS = 100;
const STATES = 10;

/** Numbers drawn per row, and the distribution; names and parameters are those of numpySamplers.py. */
const cases: readonly { readonly name: string; readonly numbers: number; readonly make: () => Distribution }[] = [
  { name: "bernoulli", numbers: UNITS, make: () => bernoulli({ probs: tf.fill([UNITS], 0.3) }) },
  { name: "categorical", numbers: UNITS, make: () => categorical({ logits: tf.zeros([UNITS / STATES, STATES]) }) },
  { name: "normal", numbers: UNITS, make: () => normal({ mean: tf.fill([UNITS], 0.5), std: 2 }) },
  { name: "laplace", numbers: UNITS, make: () => laplace({ location: tf.fill([UNITS], 0.5), scale: 2 }) },
  { name: "logistic", numbers: UNITS, make: () => logistic({ location: tf.fill([UNITS], 0.5), scale: 2 }) },
  { name: "gumbel", numbers: UNITS, make: () => gumbel({ location: tf.fill([UNITS], 0.5), scale: 2 }) },
  { name: "lognormal", numbers: UNITS, make: () => lognormal({ location: tf.fill([UNITS], 0.5), scale: 0.7 }) },
  {
    name: "gamma, concentration 2.5",
    numbers: UNITS,
    make: () => gamma({ concentration: tf.fill([UNITS], 2.5), scale: 2 }),
  },
  {
    name: "gamma, concentration 0.4",
    numbers: UNITS,
    make: () => gamma({ concentration: tf.fill([UNITS], 0.4), scale: 2 }),
  },
  { name: "beta", numbers: UNITS, make: () => beta({ alpha: tf.fill([UNITS], 2), beta: 3.5 }) },
  { name: "dirichlet", numbers: STATES, make: () => dirichlet({ concentration: tf.linspace(0.5, 5, STATES) }) },
  {
    name: "mixture",
    numbers: UNITS,
    make: () =>
      mixture({
        logits: tf.zeros([UNITS, 3]),
        components: normal({ mean: tf.tensor1d([-2, 0, 3]), std: tf.tensor1d([0.5, 1, 2]) }),
      }),
  },
];

/** Draws per second of each distribution's sampler beside NumPy's. */
export const samplers: Section = {
  id: "samplers",
  title: `Samplers: ${COUNT} numbers a call, float32 here, float64 in NumPy`,
  async run({ rounds }) {
    await useBackend("wasm");
    const made = cases.map(({ name, numbers, make }) => ({ name, rows: COUNT / numbers, distribution: make() }));
    let step = 0;
    const timings = await interleave(
      made.map(({ name, rows, distribution }) => ({
        name,
        backend: "wasm",
        call() {
          const layout = { seed: 1, step: step++, numSamples: 1, numRows: rows, replicates: 1, firstReplicate: 0 };
          distribution.sample(nodeNoise(new Noise(layout), "z")).dispose();
        },
      })),
      { rounds, warmUp: 3 },
    );
    const numpy = numpySamplers(COUNT, 5 * rounds);
    const perSecond = (milliseconds: number): string => ms(COUNT / milliseconds / 1000);
    printTable(
      ["distribution", "least ms", "million numbers a second", "NumPy's", "NumPy's over ours"],
      made.map(({ name }) => {
        const { leastMs } = timings.get(name)!;
        if (typeof numpy === "string") return [name, ms(leastMs), perSecond(leastMs), numpy, ""];
        const theirs = 1000 * numpy.seconds[name]!;
        return [name, ms(leastMs), perSecond(leastMs), perSecond(theirs), ratio(leastMs / theirs)];
      }),
    );
    if (typeof numpy !== "string") console.log(`\nNumPy ${numpy.version}, default_rng`);
  },
};
