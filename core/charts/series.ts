/** Dash of the nth look; the hue comes from the theme, the dash and the marker tell it apart without hue. */
const seriesDashes = ["", "7 4", "2 3", "9 3 2 3", "12 4", "4 2 1 2"] as const;

/** How the line of a series is dashed, as SVG writes it. */
export function dashOf({ look, faint, solid }: Pick<ChartSeries, "look" | "faint" | "solid">): string {
  return faint || solid ? "" : (seriesDashes[look] ?? "");
}

export interface ChartSeries {
  readonly id: string;
  readonly title: string;
  readonly steps: ArrayLike<number>;
  /** NaN is unknown and breaks the line. */
  readonly values: ArrayLike<number>;
  /** Which of the six hues, dashes and markers. */
  readonly look: number;
  /** Faint lines stand behind the others and stay out of the legend. */
  readonly faint?: boolean;
  /** Without dashes: it is alone in its chart. */
  readonly solid?: boolean;
  /** Points with error bars from `low` to `high`, joined by a line; otherwise `low` and `high` are a band. */
  readonly points?: boolean;
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  /** The legend's text for the value at an index. */
  readonly describe: (index: number) => string;
}

export interface ChartMarker {
  readonly step: number;
  readonly label: string;
}

export interface ChartData {
  readonly series: readonly ChartSeries[];
  readonly markers: readonly ChartMarker[];
  /** First and last step there is. */
  readonly extent: readonly [number, number];
  readonly log: boolean;
  /** Shown along the value axis. */
  readonly axis: string;
  /** Shown along the other axis in pictures that stand by themselves; "step" when left out. */
  readonly across?: string;
}
