import { tf } from "../../core/backends/tf";
import { median } from "../../core/engine/timeEstimates";

/** Something timed: `call` does the work once; `backend` is made current before it. */
export interface Candidate {
  readonly name: string;
  readonly backend: string;
  readonly call: () => void;
}

/** Milliseconds of one call. */
export interface Timing {
  /** Of all calls. */
  readonly leastMs: number;
  /** Median over the rounds of the least in each. */
  readonly medianMs: number;
  /** Processor time of an average call, garbage collection included, in the round in which it was least. */
  readonly cpuMs: number;
  /** The same in the median round: what some calls do and others do not is in it. */
  readonly cpuMedianMs: number;
}

/**
 * Times candidates in turns, so that a busy machine slows all of them: each round gives each candidate a window of calls.
 */
export async function interleave(
  candidates: readonly Candidate[],
  { rounds = 5, windowMs = 250, warmUp = 40 }: { rounds?: number; windowMs?: number; warmUp?: number } = {},
): Promise<ReadonlyMap<string, Timing>> {
  const rows = new Map(candidates.map(({ name }) => [name, { leasts: [] as number[], cpu: [] as number[] }]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, backend, call } of candidates) {
      if (tf.getBackend() !== backend) await tf.setBackend(backend);
      for (let i = 0; i < (round === 0 ? warmUp : 1); i++) call();
      let least = Infinity;
      let calls = 0;
      const start = performance.now();
      const cpu = process.cpuUsage();
      do {
        const began = performance.now();
        call();
        least = Math.min(least, performance.now() - began);
        calls++;
      } while (performance.now() - start < windowMs);
      const { user, system } = process.cpuUsage(cpu);
      rows.get(name)!.leasts.push(least);
      rows.get(name)!.cpu.push((user + system) / 1000 / calls);
    }
  }
  return new Map(
    [...rows].map(([name, { leasts, cpu }]) => {
      const least = { leastMs: Math.min(...leasts), cpuMs: Math.min(...cpu) };
      return [name, { ...least, medianMs: median(leasts), cpuMedianMs: median(cpu) }];
    }),
  );
}
