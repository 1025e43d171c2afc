// Simulated error rates of the sequential bias verdict: npx tsx bench/biasErrorRates.ts [--cases N] [--draws N]
import { useBackend } from "../core/backends/registry";
import { type RateCase, type RateOutcome, runCase } from "./measure/biasErrorRates";
import { clopperPearson } from "./measure/clopperPearson";

const ALPHA = 0.05;
const margins = [0.05, 0.1, 0.2];
const references = ["exact", "exact", "lr", "muprop"] as const;

interface Group {
  readonly title: string;
  /** Relative bias as a multiple of the margin; null for an estimator with a bias of its own. */
  readonly effect: number | null;
  readonly share: number;
}

const groups: readonly Group[] = [
  { title: "unbiased", effect: 0, share: 1 },
  { title: "bias 0.9 × margin", effect: 0.9, share: 0.5 },
  { title: "bias 1.1 × margin", effect: 1.1, share: 0.5 },
  { title: "bias 2 × margin", effect: 2, share: 0.5 },
  { title: "bias 4 × margin", effect: 4, share: 0.25 },
  { title: "straight-through, half", effect: null, share: 0.25 },
];

function rateCase(group: Group, i: number, draws: number): RateCase {
  const reference = references[i % references.length]!;
  const margin = margins[Math.floor(i / references.length) % margins.length]!;
  const own = reference === "lr" ? "muprop" : reference === "muprop" ? "lr" : i % 2 === 0 ? "lr" : "muprop";
  const estimator = group.effect === null ? (i % 2 === 0 ? "straight-through" : "half") : own;
  const seed = 1000 * groups.indexOf(group) + i;
  return { seed, estimator, effect: (group.effect ?? 0) * margin, margin, draws, alpha: ALPHA, reference };
}

function share(count: number, n: number): string {
  const [low, high] = clopperPearson(count, n).map((value) => (100 * value).toFixed(1));
  return `${count}/${n} [${low} %, ${high} %]`;
}

function median(values: readonly number[]): string {
  if (values.length === 0) return "–";
  return String([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]);
}

async function main(): Promise<void> {
  const option = (name: string, otherwise: number): number => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : Number(process.argv[at + 1]);
  };
  const cases = option("cases", 200);
  const draws = option("draws", 40_000);
  await useBackend("wasm");
  console.log(
    "| cases | false “biased” | false “unbiased” | interval misses | biased | unbiased | undecided | median draws when decided |",
  );
  console.log("|---|---|---|---|---|---|---|---|");
  const byLimit = new Map<string, RateOutcome[]>();
  for (const group of groups) {
    const found: RateOutcome[] = [];
    const n = Math.round(cases * group.share);
    for (let i = 0; i < n; i++) {
      found.push(runCase(rateCase(group, i, draws)));
      if (process.stderr.isTTY) process.stderr.write(`\r${group.title} ${i + 1}/${n} `);
    }
    byLimit.set(group.title, found);
    const count = (test: (outcome: RateOutcome) => boolean): string => share(found.filter(test).length, n);
    const of = (verdict: string): number => found.filter((outcome) => outcome.verdict === verdict).length;
    const decided = found.filter(({ verdict }) => verdict !== "undecided").map((outcome) => outcome.draws);
    console.log(
      `| ${group.title} | ${count((o) => o.falseBiased)} | ${count((o) => o.falseUnbiased)} | ${count((o) => o.missed)} | ${of("biased")} | ${of("unbiased")} | ${of("undecided")} | ${median(decided)} |`,
    );
  }
  console.log("\n| decided after at most | " + [512, 2000, 8000, draws].map((d) => `${d} draws`).join(" | ") + " |");
  console.log("|---|---|---|---|---|");
  for (const [title, found] of byLimit) {
    const within = [512, 2000, 8000, Infinity].map((limit) => {
      const n = found.filter(({ decidedAt }) => decidedAt !== null && decidedAt <= limit).length;
      return `${((100 * n) / found.length).toFixed(0)} %`;
    });
    console.log(`| ${title} | ${within.join(" | ")} |`);
  }
}

void main();
