import type { Entry, Measured, Reading, Reproduction, Results, Row } from "./reproduction";

type Labels = Readonly<Record<string, string>>;

/** A row and what its finished runs read. */
export interface RowReadings {
  readonly row: Row;
  readonly runs: readonly (readonly Reading[])[];
}

/** Means over runs, and what the paper prints beside them, in the order of the rows, quantities and steps. */
export function collectResults(
  { quantities }: Pick<Reproduction, "quantities">,
  rows: readonly RowReadings[],
): Results {
  const entries = rows.flatMap(({ row, runs }) =>
    quantities.flatMap(({ id }): Entry[] => {
      const published = row.published?.[id] ?? null;
      const readings = runs.flat().filter(({ quantity }) => quantity === id);
      const steps = [...new Set(readings.map(({ step }) => step))].sort((a, b) => (a ?? Infinity) - (b ?? Infinity));
      if (steps.length === 0) return [{ labels: row.labels, quantity: id, step: null, published, measured: null }];
      return steps.map((step, i) => ({
        labels: row.labels,
        quantity: id,
        step,
        // A curve is compared where it ends.
        published: i === steps.length - 1 ? published : null,
        measured: measuredOf(readings.filter((reading) => reading.step === step)),
      }));
    }),
  );
  const of = (quantity: string, labels: Labels): Entry[] =>
    entries.filter((entry) => entry.quantity === quantity && includes(entry.labels, labels));
  return {
    entries,
    of,
    last: (quantity, labels) => of(quantity, labels).at(-1)?.measured ?? null,
    difference: (quantity, a, b) => pairedDifference(rows, quantity, a, b),
  };
}

function measuredOf(readings: readonly Reading[]): Measured {
  const n = readings.length;
  const value = readings.reduce((sum, reading) => sum + reading.value, 0) / n;
  if (n === 1) return { value, standardError: readings[0]!.standardError, runs: 1, standardErrorOver: "examples" };
  const variance = readings.reduce((sum, reading) => sum + (reading.value - value) ** 2, 0) / (n - 1);
  return { value, standardError: Math.sqrt(variance / n), runs: n, standardErrorOver: "runs" };
}

/** Over the test examples of all runs that both rows have finished; pairs share data and the noise of the evaluation. */
function pairedDifference(
  rows: readonly RowReadings[],
  quantity: string,
  a: Labels,
  b: Labels,
): { value: number; standardError: number } | null {
  const perExample = (labels: Labels): (readonly number[] | undefined)[] =>
    rows
      .find(({ row }) => includes(row.labels, labels))
      ?.runs.map((run) => run.find((reading) => reading.quantity === quantity)?.perExample) ?? [];
  const [first, second] = [perExample(a), perExample(b)];
  const differences = first.flatMap((values, run) => {
    const others = second[run];
    return values && others && values.length === others.length ? values.map((value, i) => value - others[i]!) : [];
  });
  const n = differences.length;
  if (n < 2) return null;
  const value = differences.reduce((sum, x) => sum + x, 0) / n;
  const variance = differences.reduce((sum, x) => sum + (x - value) ** 2, 0) / (n - 1);
  return { value, standardError: Math.sqrt(variance / n) };
}

function includes(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}
