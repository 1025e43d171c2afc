/** The one place where panels turn numbers into text: three significant digits, `unknown` for null, ± always with its level. */

import { text } from "./text";

const minus = "\u2212";

function signed(text: string): string {
  return text.replace(/-/g, minus);
}

/** Three significant digits, small whole numbers as they are; powers of ten outside 0.001 to 99 999; `unknown` for null. */
export function formatNumber(value: number | null, unit = ""): string {
  if (value === null) return text("unknown");
  if (Number.isNaN(value)) return text("not a number");
  const suffix = unit === "" ? "" : ` ${unit}`;
  if (!Number.isFinite(value)) return `${value < 0 ? minus : ""}∞${suffix}`;
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) && magnitude < 1000) return signed(String(value)) + suffix;
  if (magnitude >= 99_999.5 || magnitude < 0.000_999_5)
    return signed(value.toExponential(2).replace("e+", "e")) + suffix;
  if (magnitude >= 999.5) return signed(String(Math.round(value))) + suffix;
  return signed(value.toPrecision(3)) + suffix;
}

/** Axis ticks: as short as the value allows. */
export function formatTick(value: number): string {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 99_999.5 || magnitude < 0.000_999_5) {
    return signed(
      value
        .toExponential(2)
        .replace(/\.?0*e/, "e")
        .replace("e+", "e"),
    );
  }
  return signed(String(Number(value.toPrecision(6))));
}

/** Whole numbers with grouped digits, for steps and counts. */
export function formatCount(value: number | null): string {
  return value === null ? text("unknown") : signed(Math.round(value).toLocaleString("en"));
}

/** A share of 0 to 1 as per cent, three significant digits. */
export function formatPercent(share: number | null): string {
  if (share === null) return text("unknown");
  return `${formatNumber(share * 100)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "")} %`;
}

/** The two-sided normal quantile of a confidence level, for example 1.96 at 0.95 (Abramowitz and Stegun 26.2.23, error < 4.5e-4). */
export function normalQuantile(level: number): number {
  const t = Math.sqrt(-2 * Math.log((1 - level) / 2));
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

/**
 * `value ± half-width unit (95 %)` from a standard error. The half-width has two significant digits and the value as many
 * decimals; where one of them needs a power of ten, both have three significant digits.
 */
export function formatPlusMinus(value: number | null, standardError: number | null, unit = "", level = 0.95): string {
  return withError(value, standardError, normalQuantile(level), unit, formatPercent(level));
}

/** `value ± standard error unit (1 standard error)`, for noise that is not normal. */
export function formatStandardError(value: number | null, standardError: number | null, unit = ""): string {
  return withError(value, standardError, 1, unit, text("1 standard error"));
}

function withError(
  value: number | null,
  standardError: number | null,
  factor: number,
  unit: string,
  level: string,
): string {
  if (value === null || standardError === null || !Number.isFinite(standardError)) return formatNumber(value, unit);
  const halfWidth = factor * standardError;
  const suffix = `${unit === "" ? "" : ` ${unit}`} (${level})`;
  const exponent = halfWidth > 0 ? Math.floor(Math.log10(halfWidth)) : 0;
  if (halfWidth <= 0 || exponent < -4 || Math.abs(value) >= 99_999.5 || halfWidth >= 99_999.5) {
    return `${formatNumber(value)} ± ${formatNumber(halfWidth)}${suffix}`;
  }
  const decimals = Math.max(0, 1 - exponent);
  return `${signed(value.toFixed(decimals))} ± ${halfWidth.toFixed(decimals)}${suffix}`;
}

/** `low to high (level)`. */
export function formatInterval(interval: readonly [number, number] | null, level: number): string {
  if (interval === null) return text("unknown");
  return text("{0} to {1} ({2})", formatNumber(interval[0]), formatNumber(interval[1]), formatPercent(level));
}

/** `784 × 200`; a scalar has no axes. */
export function formatShape(shape: readonly number[]): string {
  return shape.length === 0 ? text("scalar") : shape.join(" × ");
}
