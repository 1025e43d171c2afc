/** Size of the picture in the editor, pixels. */
export const sparklineSize = { width: 48, height: 14 } as const;

/**
 * A line of variances on a logarithmic axis as an SVG document; gaps where the value is unknown, a dot at the newest.
 * Empty when fewer than two values are known.
 */
export function sparklineSvg(history: readonly (number | null)[], color: string): string {
  const { width, height } = sparklineSize;
  const logs = history.map((value) => (value !== null && value > 0 ? Math.log10(value) : null));
  const known = logs.filter((value) => value !== null);
  if (known.length < 2) return "";
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const x = (index: number): string => (1 + (index / Math.max(1, logs.length - 1)) * (width - 5)).toFixed(1);
  const y = (value: number): string => (height - 3 - ((value - low) / span) * (height - 6)).toFixed(1);
  let path = "";
  let drawing = false;
  for (const [index, value] of logs.entries()) {
    if (value !== null) path += `${drawing ? "L" : "M"}${x(index)} ${y(value)}`;
    drawing = value !== null;
  }
  const last = logs.findLastIndex((value) => value !== null);
  const dot = `<circle cx="${x(last)}" cy="${y(logs[last] ?? low)}" r="1.8" fill="${color}"/>`;
  const line = `<path d="${path}" fill="none" stroke="${color}" stroke-width="1.2" stroke-linejoin="round"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${line}${dot}</svg>`;
}

export const svgDataUri = (svg: string): string => `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
