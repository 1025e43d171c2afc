import type { GraphNodeKind } from "../../core/protocol/graph";

/** Outline of a node about its centre: every kind has one of its own, so that no hue is needed to tell them apart. */
export function outline(kind: GraphNodeKind, width: number, height: number): string {
  const x = width / 2;
  const y = height / 2;
  const slant = Math.min(12, width / 5);
  switch (kind) {
    case "data":
      return `M${-x + slant} ${-y}H${x}L${x - slant} ${y}H${-x}Z`;
    case "parameter":
      return `M${-x} ${-y}H${x}V${y}H${-x}ZM${-x + 5} ${-y}V${y}`;
    case "deterministic":
      return rounded(x, y, Math.min(6, y / 2));
    case "stochastic":
      return rounded(x, y, Math.min(x, y));
    case "observed":
      return `${rounded(x, y, Math.min(x, y))}${rounded(x - 4, y - 4, Math.min(x, y) - 4)}`;
    case "cost":
      return `M${-x + slant} ${-y}H${x - slant}L${x} 0L${x - slant} ${y}H${-x + slant}L${-x} 0Z`;
  }
}

function rounded(x: number, y: number, radius: number): string {
  const arc = (dx: number, dy: number): string => `a${radius} ${radius} 0 0 1 ${dx} ${dy}`;
  return (
    `M${-x + radius} ${-y}H${x - radius}${arc(radius, radius)}V${y - radius}${arc(-radius, radius)}` +
    `H${-x + radius}${arc(-radius, -radius)}V${-y + radius}${arc(radius, -radius)}Z`
  );
}
