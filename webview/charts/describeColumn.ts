import { formatNumber } from "../format";

/** The legend's text for the values of a series; NaN is unknown. */
export function describeColumn(values: Float64Array): (index: number) => string {
  return (index) => {
    const value = values[index] ?? NaN;
    return formatNumber(Number.isNaN(value) ? null : value);
  };
}
