import type { ParameterVariance, VarianceRecord } from "../../core/protocol/variance";

/** The measurements of one parameter, oldest first; NaN is unknown. */
export interface ParameterHistory {
  readonly steps: Float64Array;
  readonly monteCarlo: Float64Array;
  readonly data: Float64Array;
  readonly total: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly snr: Float64Array;
  readonly records: readonly ParameterVariance[];
}

/** An entry of a record by name; `hint` is where it stood in another record, where it is nearly always. */
export function findNamed<T extends { readonly name: string }>(
  entries: readonly T[],
  name: string,
  hint: number,
): T | undefined {
  const guess = entries[hint];
  return guess?.name === name ? guess : entries.find((entry) => entry.name === name);
}

/** Collects one parameter's history; records without it are left out. */
export function parameterHistory(records: readonly VarianceRecord[], name: string): ParameterHistory {
  const hint = records.at(-1)?.parameters.findIndex((parameter) => parameter.name === name) ?? -1;
  const found: { readonly step: number; readonly entry: ParameterVariance }[] = [];
  for (const record of records) {
    const entry = findNamed(record.parameters, name, hint);
    if (entry) found.push({ step: record.step, entry });
  }
  const column = (of: (entry: ParameterVariance) => number | null | undefined): Float64Array =>
    Float64Array.from(found, ({ entry }) => of(entry) ?? NaN);
  return {
    steps: Float64Array.from(found, ({ step }) => step),
    monteCarlo: column(({ monteCarlo }) => monteCarlo),
    data: column(({ data }) => data),
    total: column(({ total }) => total),
    low: column(({ interval }) => interval?.[0]),
    high: column(({ interval }) => interval?.[1]),
    snr: column(({ snr }) => snr),
    records: found.map(({ entry }) => entry),
  };
}

/** The latest measurement of every parameter; a record may hold only some of them. */
export function latestVariances(records: readonly VarianceRecord[]): readonly ParameterVariance[] {
  const latest = new Map<string, ParameterVariance>();
  const oldest = Math.max(0, records.length - 50);
  for (let index = records.length - 1; index >= oldest; index--) {
    for (const parameter of records[index]?.parameters ?? [])
      if (!latest.has(parameter.name)) latest.set(parameter.name, parameter);
  }
  return [...latest.values()];
}
