import { ramp, type Ramp } from "../theme";

/** Index of the unit in a cell; shapes of two axes are drawn with units along the longer one. */
export function cellIndex(
  shape: readonly number[],
  [columns, rows]: readonly [number, number],
  column: number,
  row: number,
): number {
  const [first = 1, second] = shape;
  if (second !== undefined && shape.length === 2 && first === columns && second === rows && first !== second)
    return column * second + row;
  return row * columns + column;
}

export interface HeatPlace {
  /** Shape of the values; empty when they lie as the grid does. */
  readonly shape: readonly number[];
  readonly grid: readonly [columns: number, rows: number];
  /** Values of the background's and of the foreground's colour. */
  readonly range: readonly [number, number];
  readonly colours?: Ramp;
  /** Column of the pixels where the grid begins. */
  readonly left: number;
}

/** One pixel for each value, from the theme's background to its foreground; unknown values stay clear. */
export function paintHeat(
  pixels: ImageData,
  values: ArrayLike<number>,
  { shape, grid, range: [low, high], left, colours = "value" }: HeatPlace,
): void {
  const shades = ramp(colours);
  const [columns, rows] = grid;
  const span = high - low || 1;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = values[cellIndex(shape, grid, column, row)];
      if (value === undefined || Number.isNaN(value)) continue;
      const shade = Math.round(Math.min(1, Math.max(0, (value - low) / span)) * 255) * 3;
      pixels.data.set(
        [shades[shade] ?? 0, shades[shade + 1] ?? 0, shades[shade + 2] ?? 0, 255],
        (row * pixels.width + left + column) * 4,
      );
    }
  }
}
