import { formatNumber } from "../format";

/** A measured number against the limit that it is judged by. */
export interface JudgedInterval {
  readonly value: number;
  /** Null where the value has no noise. */
  readonly interval: readonly [number, number] | null;
  readonly limit: number;
  /** What the limit is called, with its value. */
  readonly limitLabel: string;
  /** Whether the limit was passed, as far as is known. */
  readonly verdict: "beyond" | "within" | "undecided";
}

/** Colours of a picture on a ground of its own: it outlives a change of theme. */
export type PictureInk = Readonly<Record<"ground" | "text" | "line" | "allowed" | JudgedInterval["verdict"], string>>;

const WIDTH = 360;
const HEIGHT = 74;
const LEFT = 14;
const RIGHT = 24;
const AXIS = 50;
const MIDDLE = 34;

/**
 * An interval on an axis from 0 as an SVG document: what is allowed is shaded up to a dashed line at the limit, the interval is a bar
 * with its value as a dot (filled where it was decided). An end that is not finite, or above the axis, runs into an arrow.
 */
export function intervalPicture(
  { value, interval, limit, limitLabel, verdict }: JudgedInterval,
  ink: PictureInk,
): string {
  const numbers = [value, limit, ...(interval ?? [])].filter(Number.isFinite);
  const most = 1.1 * Math.max(...numbers) || 1;
  const x = (at: number): number => LEFT + (Math.min(Math.max(at, 0), most) / most) * (WIDTH - LEFT - RIGHT);
  const at = (number: number): string => x(number).toFixed(1);
  const color = ink[verdict];
  const parts = [
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="4" fill="${ink.ground}"/>`,
    `<rect x="${LEFT}" y="${MIDDLE - 12}" width="${(x(limit) - LEFT).toFixed(1)}" height="${AXIS - MIDDLE + 12}" fill="${ink.allowed}"/>`,
    `<path d="M${LEFT} ${AXIS}H${WIDTH - RIGHT}" stroke="${ink.line}"/>`,
    `<path d="M${at(limit)} ${MIDDLE - 14}V${AXIS + 3}" stroke="${ink.line}" stroke-width="1.5" stroke-dasharray="4 3"/>`,
    text(x(limit), MIDDLE - 19, limitLabel, ink),
    ...(x(value) > LEFT + 24 ? [text(LEFT, AXIS + 16, "0", ink)] : []),
    text(x(value), AXIS + 16, formatNumber(value), ink),
  ];
  if (interval) {
    const [low, high] = interval;
    const end = Number.isFinite(high)
      ? `M${at(high)} ${MIDDLE - 5}v10`
      : `M${WIDTH - RIGHT - 6} ${MIDDLE - 5}l6 5l-6 5`;
    parts.push(
      `<path d="M${at(low)} ${MIDDLE - 5}v10M${at(low)} ${MIDDLE}H${at(high)}${end}" fill="none" stroke="${color}" stroke-width="2"/>`,
    );
  }
  const fill = verdict === "undecided" ? ink.ground : color;
  parts.push(`<circle cx="${at(value)}" cy="${MIDDLE}" r="4.5" fill="${fill}" stroke="${color}" stroke-width="2"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">${parts.join("")}</svg>`;
}

/** Words at a place, kept within the picture. */
function text(x: number, y: number, words: string, { text: fill }: PictureInk): string {
  const anchor = x < WIDTH / 4 ? "start" : x > (3 * WIDTH) / 4 ? "end" : "middle";
  const left = anchor === "start" ? Math.max(4, x - 4) : anchor === "end" ? Math.min(WIDTH - 4, x + 16) : x;
  const escaped = words.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  return `<text x="${left.toFixed(1)}" y="${y}" font-family="sans-serif" font-size="11" text-anchor="${anchor}" fill="${fill}">${escaped}</text>`;
}
