/** Numbers as people read them: three significant digits, powers of ten outside 0.001 to 99 999. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 99_999.5 || magnitude < 0.000_999_5) return value.toExponential(2).replace("e+", "e");
  return magnitude >= 999.5 ? String(Math.round(value)) : value.toPrecision(3);
}

/** For the end of a source line, where room is scarce: two significant digits, powers of ten outside 0.1 to 999. */
export function formatShort(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatNumber(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 999.5 || magnitude < 0.0995) return value.toExponential(1).replace("e+", "e");
  return magnitude >= 9.95 ? String(Math.round(value)) : value.toPrecision(2);
}

/** `1.23e-4 [0.910, 1.62]e-4`: a value and its interval under one exponent. */
export function formatInterval(
  value: number,
  interval: readonly [number, number] | null,
  format: (value: number) => string = formatNumber,
): string {
  const shown = format(value);
  if (!interval) return shown;
  const exponent = /e-?\d+$/.exec(shown)?.[0] ?? "";
  const scale = exponent === "" ? 1 : Number(`1${exponent}`);
  const plain = (end: number): string => {
    // Ends under the value's exponent are near 1, so a power of ten in them would only be in the way.
    const text = format(end / scale);
    return exponent === "" || !text.includes("e") ? text : String(Number((end / scale).toPrecision(2)));
  };
  return `${shown} [${plain(interval[0])}, ${plain(interval[1])}]${exponent}`;
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
