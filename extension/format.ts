/** Numbers as people read them: three significant digits, powers of ten outside 0.001 to 99 999. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 99_999.5 || magnitude < 0.000_999_5) return value.toExponential(2).replace("e+", "e");
  return magnitude >= 999.5 ? String(Math.round(value)) : value.toPrecision(3);
}

/** `1.23e-3 [0.91, 1.62]e-3`: a value and its interval under one exponent. */
export function formatInterval(value: number, interval: readonly [number, number] | null): string {
  const shown = formatNumber(value);
  if (!interval) return shown;
  const match = /^(.*)(e-?\d+)$/.exec(shown);
  if (!match?.[2]) return `${shown} [${formatNumber(interval[0])}, ${formatNumber(interval[1])}]`;
  const scale = Number(`1${match[2]}`);
  return `${shown} [${formatNumber(interval[0] / scale)}, ${formatNumber(interval[1] / scale)}]${match[2]}`;
}

/** A share of one as a percentage, two significant digits at most. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}

/** Bytes in binary units. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${Number(size.toPrecision(3))} ${units[unit]}`;
}
