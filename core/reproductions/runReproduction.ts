import { dataset as findDataset } from "../data/registry";
import { resolveDataFolder } from "../data/files";
import { GradlensError } from "../errors";
import { compareOrder, type OrderComparison } from "./compareOrder";
import type { Budget, Reading, Reproduction, Results, Row } from "./reproduction";
import { collectResults } from "./results";

export interface ReproductionRequest {
  readonly budget: Budget;
  /** Of the first run; the others follow. */
  readonly seed: number;
  readonly dataset: string | undefined;
  readonly dataFolder: string | undefined;
  /** Run only rows whose label texts hold all of these. */
  readonly only: readonly string[];
  readonly examples: string;
  readonly stopped: () => boolean;
  /** Told once everything that can be refused beforehand has passed. */
  readonly started: (rows: number) => void;
  readonly progress: (at: Progress) => void;
  /** Readings of runs that were finished before, and where to put those that finish now. */
  readonly store?: RunStore;
}

export interface Progress {
  readonly row: string;
  readonly run: number;
  readonly runs: number;
  readonly text: string;
  /** Of all runs. */
  readonly share: number;
  readonly finished: boolean;
}

export interface RunStore {
  get(key: string): readonly Reading[] | undefined;
  put(key: string, readings: readonly Reading[]): void;
}

/** A run that threw: told in its row's place, while the others go on. */
export interface Failure {
  readonly labels: Row["labels"];
  readonly seed: number;
  readonly message: string;
}

export interface ReproductionAnswer {
  readonly results: Results;
  readonly failures: readonly Failure[];
  readonly claims: readonly { readonly text: string; readonly holds: boolean | null; readonly why: string }[];
  readonly order: OrderComparison | null;
  /** Rows × runs. */
  readonly finishedRuns: number;
  readonly allRuns: number;
  readonly seconds: number;
}

/**
 * Runs the rows of a reproduction, run after run so that a run broken off has something of every row, and compares. A run that fails is
 * told in the answer, and the others go on; it counts as neither finished nor kept.
 *
 * @throws GradlensError when a data set is missing or no row is left, before anything is trained; the first failure when nothing else came
 */
export async function runReproduction(
  reproduction: Reproduction,
  request: ReproductionRequest,
): Promise<ReproductionAnswer> {
  const began = performance.now();
  const rows = chooseRows(reproduction, request.only);
  await requireData(rows, request);
  request.started(rows.length);
  const finished = new Map<Row, (readonly Reading[])[]>(rows.map((row) => [row, []]));
  const { runs } = request.budget;
  const all = rows.length * runs;
  const failures: Failure[] = [];
  let firstError: unknown;
  let done = 0;
  outer: for (let run = 0; run < runs; run++) {
    for (const row of rows) {
      if (request.stopped()) break outer;
      const seed = request.seed + run;
      const label = labelText(row);
      const tell = (share: number, text: string, finishedNow = false): void =>
        request.progress({
          ...{ row: label, run, runs, text, finished: finishedNow },
          share: (done + failures.length + share) / all,
        });
      const key = JSON.stringify([
        reproduction.id,
        row.labels,
        seed,
        request.dataset ?? null,
        keyBudget(request.budget),
      ]);
      const { budget, dataset, dataFolder, examples, stopped } = request;
      const context = { budget, seed, dataset, dataFolder, examples, stopped, progress: tell };
      let readings: readonly Reading[] | null;
      try {
        readings = request.store?.get(key) ?? (await row.run(context));
      } catch (error) {
        firstError ??= error;
        const message = error instanceof Error ? error.message : String(error);
        failures.push({ labels: row.labels, seed, message });
        tell(0, `failed: ${message}`, true);
        continue;
      }
      if (readings === null) break outer;
      request.store?.put(key, readings);
      finished.get(row)!.push(readings);
      done++;
      tell(0, "finished", true);
    }
  }
  if (done === 0 && failures.length > 0) throw firstError;
  const results = collectResults(
    reproduction,
    [...finished].map(([row, of]) => ({ row, runs: of })),
  );
  return {
    results,
    failures,
    claims: reproduction.claims.map(({ text, check }) => ({ text, ...check(results) })),
    order: reproduction.orderWithin ? compareOrder(results, reproduction.orderWithin) : null,
    finishedRuns: done,
    allRuns: all,
    seconds: (performance.now() - began) / 1000,
  };
}

/** `d = 10, estimator = gsb` */
export function labelText({ labels }: Pick<Row, "labels">): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

function chooseRows({ id, rows }: Reproduction, only: readonly string[]): readonly Row[] {
  const chosen = rows.filter((row) => only.every((text) => labelText(row).toLowerCase().includes(text.toLowerCase())));
  if (chosen.length > 0) return chosen;
  throw new GradlensError(
    "GL1653",
    `${id} has no row that holds ${only.map((text) => `"${text}"`).join(" and ")}; its rows are ${rows.map(labelText).join("; ")}`,
    { usage: true },
  );
}

/** Loads a little of every data set, so that one that is missing is told before anything is trained. */
async function requireData(rows: readonly Row[], { dataset, dataFolder }: ReproductionRequest): Promise<void> {
  const needed = new Set(rows.flatMap((row) => (row.dataset === null ? [] : [dataset ?? row.dataset])));
  for (const id of needed) await findDataset(id).load({ folder: resolveDataFolder(dataFolder), seed: 0, limit: 1 });
}

/** What of a budget decides a single run. */
function keyBudget({ runs: _, ...budget }: Budget): Omit<Budget, "runs"> {
  return budget;
}
