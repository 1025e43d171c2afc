import { join } from "node:path";
import type { TrainRequest } from "../../core/protocol/engine";
import { ms, printTable } from "../measure/table";
import { trimmedMean } from "../measure/trimmedMean";
import { type TurnReport, TurnTaker } from "../measure/turnTaker";
import { workingBackends } from "../measure/workingBackends";
import type { Section } from "./section";

/** A turn is about so long: short beside the time in which a machine's speed changes. */
const TURN_MS = 150;
/** Pairs of turns, with diagnosis and without, of a round. */
const PAIRS = 16;
/** What each run is given before it counts: steps and measurements that compile and allocate, and the window of looks at the drift. */
const WARM_UP_STEPS = 1500;

const OFF: Partial<TrainRequest> = { diagnosticsInterval: 0 };
const VARIANTS: readonly {
  readonly title: string;
  readonly budget?: number;
  readonly request: Partial<TrainRequest>;
}[] = [
  { title: "none", request: OFF },
  { title: "variance", budget: 0.05, request: {} },
  { title: "variance", budget: 0.1, request: {} },
  { title: "variance", budget: 0.2, request: {} },
  { title: "variance and bias", budget: 0.1, request: { biasChecks: "continuous" } },
];

/**
 * What diagnosis beside training costs of the processor's time, against the budget that it was given. A run takes turns of as many steps with and
 * without diagnosis, ABBA: neighbours that slow the machine slow both, what one process has better than another is in both, and the
 * processor's time has no part in which it waited for others. "None" has diagnosis in neither turn: it shows whether the intervals can be trusted.
 */
function budgetSection(id: string, title: string, net: TrainRequest): Section {
  return {
    id,
    title: `Diagnosis beside training against its budget: ${title}`,
    async run({ rounds }) {
      for (const backend of await workingBackends()) {
        console.log(`\n${backend.title}\n`);
        await measure(backend.id, net, rounds);
      }
    },
  };
}

export const diagnosis = budgetSection("diagnosis", "784-200-784 belief net, batch 100, muprop-c", {
  ...{ file: "sbn-200.ts", dataset: "digits-binarized", batchSize: 100, estimator: "muprop-c" },
});

export const diagnosisOfSmall = budgetSection("diagnosis-small", "3-2 net without data, muprop-c", {
  file: "teaching/two-layers.ts",
});

interface Candidate {
  readonly with: TurnReport[];
  readonly without: TurnReport[];
}

async function measure(backend: string, net: TrainRequest, rounds: number): Promise<void> {
  const file = join(__dirname, "../../examples", net.file);
  const candidates: Candidate[] = [];
  for (const { request, budget } of VARIANTS) {
    const share = budget === undefined ? {} : { diagnosticsBudget: budget };
    const taker = new TurnTaker({ backend, request: { ...net, file, steps: 1_000_000_000, ...request, ...share } });
    try {
      await taker.ready;
      candidates.push(await inTurns(taker, rounds));
    } finally {
      taker.end();
    }
  }
  print(candidates);
}

async function inTurns(taker: TurnTaker, rounds: number): Promise<Candidate> {
  await taker.turn({ steps: WARM_UP_STEPS, diagnosis: true });
  const { cpu, steps: made } = await taker.turn({ steps: WARM_UP_STEPS / 6, diagnosis: true, forgive: true });
  const steps = Math.max(4, 4 * Math.round((TURN_MS * made) / cpu / 4));
  const found: Candidate = { with: [], without: [] };
  for (let pair = 0; pair < rounds * PAIRS; pair++)
    for (const diagnosis of pair % 2 === 0 ? [true, false] : [false, true])
      found[diagnosis ? "with" : "without"].push(await taker.turn({ steps, diagnosis, forgive: pair === 0 }));
  return found;
}

function print(candidates: readonly Candidate[]): void {
  const pairs = candidates[0]!.with.length;
  console.log(`${pairs} pairs of turns of about ${TURN_MS} ms of the processor's time; intervals at 95 %\n`);
  printTable(
    [
      ...["diagnosis", "budget", "processor ms a step", "share that is paid"],
      ...["of it in the calls", "slower steps", "collections, ms a step", "told", "longest halt, ms", "checks ended"],
    ],
    candidates.map((candidate, i) => {
      const { title, budget } = VARIANTS[i]!;
      const last = candidate.with.at(-1)!;
      const { paid, parts } = cost(candidate);
      return [
        ...[title, budget === undefined ? "" : percent(budget)],
        ms(perStep(candidate.with, ({ cpu }) => cpu)),
        `${percent(paid.mean)} [${percent(paid.low)}, ${percent(paid.high)}]`,
        ...parts.map(percent),
        ms(perStep([...candidate.with, ...candidate.without], ({ collecting }) => collecting)),
        budget === undefined ? "" : percent(last.told),
        ms(Math.max(...candidate.with.map(({ longest }) => longest))),
        String(last.checks),
      ];
    }),
  );
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

function perStep(turns: readonly TurnReport[], of: (turn: TurnReport) => number): number {
  const sum = (each: (turn: TurnReport) => number): number => turns.reduce((total, turn) => total + each(turn), 0);
  return sum(of) / sum(({ steps }) => steps);
}

/** Steps without the calls of diagnosis. */
const bare = ({ cpu, inside }: TurnReport): number => cpu - inside;

interface Cost {
  readonly paid: { readonly mean: number; readonly low: number; readonly high: number };
  readonly parts: readonly [calls: number, slower: number];
}

/**
 * 1 − (S/ρ)/(S + D): what the calls take of a step's time (D) is counted; ρ, what a bare step (S) takes more in a turn with diagnosis, is estimated: the
 * mean of its logarithm over pairs of turns. Collections of the whole heap fall into turns of either kind, and come every hundred steps or so
 * with diagnosis and without it; how many there are is told apart.
 */
function cost(found: Candidate): Cost {
  const each = (turn: TurnReport): number => Math.log(bare(turn) / turn.steps);
  const ratio = trimmedMean(found.with.map((turn, pair) => each(turn) - each(found.without[pair]!)));
  const S = perStep(found.with, bare);
  const D = perStep(found.with, ({ inside }) => inside);
  const share = (log: number): number => 1 - (S * Math.exp(-log)) / (S + D);
  return {
    paid: { mean: share(ratio.mean), low: share(ratio.low), high: share(ratio.high) },
    parts: [D / (S + D), (S * (1 - Math.exp(-ratio.mean))) / (S + D)],
  };
}
