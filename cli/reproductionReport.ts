import type { Budget, Entry, Quantity, Reproduction } from "../core/reproductions/reproduction";
import { type Failure, labelText, type ReproductionAnswer } from "../core/reproductions/runReproduction";
import { budgetText } from "./budgetText";
import { formatNumber } from "../core/format";
import { table } from "./table";

interface Asked {
  readonly budget: string;
  readonly seed: number;
  readonly backend: string;
  readonly dataset?: string;
}

/** A reproduction as people read it: the setting, tables, what the paper says and whether it holds, notes. */
export function reproductionReport(
  { paper, where, title, setting, paperBudget, quantities, notes }: Reproduction,
  answer: ReproductionAnswer,
  budget: Budget,
  { budget: name, seed, backend, dataset }: Asked,
): string {
  const { results, failures, claims, order, finishedRuns, allRuns, seconds } = answer;
  const minutes = seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
  return [
    `${title}`,
    `${paper.authors}, "${paper.title}" (${paper.year}), ${where}`,
    "",
    `setting: ${setting}`,
    `budget ${name}: ${budgetText(budget)}; the paper's: ${paperBudget}`,
    `seed ${seed} · ${backend} · ${minutes}${dataset === undefined ? "" : ` · ${dataset} instead of the paper's data: published numbers do not compare`}`,
    ...(finishedRuns + failures.length < allRuns
      ? [`ended after ${finishedRuns} of ${allRuns} runs: rows without a number were not run`]
      : []),
    ...failures.map(({ labels, seed: of, message }) => `failed: ${labelText({ labels })}, seed ${of}: ${message}`),
    ...quantities.flatMap((quantity) => section(quantity, results.entries, failures)),
    ...(order && order.pairs > 0
      ? [
          "",
          `order: of ${order.pairs} pairs of rows that compete, ${order.same} come in the paper's order, ${order.other} the other way round, ${order.undecided} are within two standard errors`,
        ]
      : []),
    ...(claims.length === 0 ? [] : [""]),
    ...claims.map(({ text, holds, why }) => `${verdict(holds)}: "${text}" (${why})`),
    ...(notes.length === 0 ? [] : [""]),
    ...notes.map((note) => `note: ${note}`),
  ].join("\n");
}

function verdict(holds: boolean | null): string {
  return holds === null ? "cannot tell" : holds ? "holds" : "does not hold";
}

function section(quantity: Quantity, entries: readonly Entry[], failures: readonly Failure[]): string[] {
  const own = entries.filter((entry) => entry.quantity === quantity.id);
  if (own.length === 0 || own.every(({ measured, published }) => measured === null && published === null)) return [];
  const steps = [...new Set(own.flatMap(({ step }) => (step === null ? [] : [step])))].sort((a, b) => a - b);
  return [
    "",
    `${quantity.title}${spread(own)}`,
    steps.length > 0 ? curves(quantity, own, steps, failures) : values(quantity, own, failures),
  ];
}

/** What the ± is over. */
function spread(entries: readonly Entry[]): string {
  const measured = entries.flatMap((entry) => (entry.measured ? [entry.measured] : []));
  if (measured.every(({ standardError }) => standardError === null || standardError === 0)) return "";
  const runs = measured.find(({ standardErrorOver }) => standardErrorOver === "runs")?.runs;
  return runs === undefined ? "; ± one standard error within one run" : `; ± one standard error over ${runs} runs`;
}

/** One row per curve, one column per step. */
function curves(
  quantity: Quantity,
  entries: readonly Entry[],
  steps: readonly number[],
  failures: readonly Failure[],
): string {
  const labels = Object.keys(entries[0]!.labels);
  const rows = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = JSON.stringify(entry.labels);
    rows.set(key, [...(rows.get(key) ?? []), entry]);
  }
  return table(
    [
      ...labels.map((title) => ({ title })),
      ...steps.map((step) => ({ title: `step ${step}`, align: "right" as const })),
    ],
    [...rows.values()].map((own) => [
      ...labels.map((label) => own[0]!.labels[label] ?? ""),
      ...steps.map((step) =>
        measuredText(quantity, own.find((entry) => entry.step === step)?.measured ?? null, own[0]!.labels, failures),
      ),
    ]),
  );
}

/** One row per entry: published, measured, difference. */
function values(quantity: Quantity, entries: readonly Entry[], failures: readonly Failure[]): string {
  const labels = Object.keys(entries[0]!.labels);
  const anyPublished = entries.some(({ published }) => published !== null);
  return table(
    [
      ...labels.map((title) => ({ title })),
      ...(anyPublished ? [{ title: "published", align: "right" as const }] : []),
      { title: "measured", align: "right" },
      ...(anyPublished ? [{ title: "difference", align: "right" as const }] : []),
    ],
    entries.map(({ labels: own, published, measured }) => [
      ...labels.map((label) => own[label] ?? ""),
      ...(anyPublished
        ? [
            published === null
              ? "none"
              : `${number(quantity, published.value)}${published.standardDeviation === undefined ? "" : ` (sd ${published.standardDeviation})`}`,
          ]
        : []),
      measuredText(quantity, measured, own, failures),
      ...(anyPublished ? [published && measured ? signed(quantity, measured.value - published.value) : ""] : []),
    ]),
  );
}

function measuredText(
  quantity: Quantity,
  measured: Entry["measured"],
  labels: Entry["labels"],
  failures: readonly Failure[],
): string {
  if (measured === null) return failures.some((failure) => failure.labels === labels) ? "failed" : "not run";
  const { value, standardError } = measured;
  return standardError === null || standardError === 0
    ? number(quantity, value)
    : `${number(quantity, value)} ± ${number(quantity, standardError)}`;
}

function number({ decimals }: Quantity, value: number): string {
  return decimals === undefined ? formatNumber(value) : value.toFixed(decimals);
}

function signed(quantity: Quantity, value: number): string {
  return `${value > 0 ? "+" : ""}${number(quantity, value)}`;
}
