/** Numbers as people read them: three significant digits, powers of ten outside 0.001 to 99 999; `unknown` when there is none. */
export function formatNumber(value: number | null): string {
  if (value === null) return "unknown";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 99_999.5 || magnitude < 0.000_999_5) return value.toExponential(2).replace("e+", "e");
  return magnitude >= 999.5 ? String(Math.round(value)) : value.toPrecision(3);
}

/** `[0.910, 1.62]`. */
export function formatInterval(interval: readonly [number, number] | null): string {
  return interval === null ? "unknown" : `[${formatNumber(interval[0])}, ${formatNumber(interval[1])}]`;
}

/** A share of one as a percentage, two significant digits at most. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}

export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
