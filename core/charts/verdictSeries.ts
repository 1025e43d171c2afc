import type { ChartSeries } from "./series";

/** In the order of their looks. */
export const verdictOrder = ["unbiased", "biased", "undecided"] as const;

type Verdict = (typeof verdictOrder)[number];

/** One check of bias as a point over steps. */
export interface VerdictPoint {
  readonly step: number;
  readonly verdict: Verdict;
  readonly relativeBias: number | null;
  readonly interval: readonly [number, number] | null;
  readonly margin: number;
}

/** Checks of bias over the steps whose parameters they are about: a series for each verdict, broken where another one comes between, and the margin. */
export function verdictSeries<P extends VerdictPoint>(
  points: readonly P[],
  words: {
    readonly title: (verdict: Verdict) => string;
    readonly margin: string;
    readonly describe: (point: P) => string;
  },
): ChartSeries[] {
  const steps = points.map(({ step }) => step);
  const column = (verdict: Verdict, of: (point: P) => number | null | undefined): Float64Array =>
    Float64Array.from(points, (point) => (point.verdict === verdict ? (of(point) ?? NaN) : NaN));
  const found = verdictOrder
    .filter((verdict) => points.some((point) => point.verdict === verdict))
    .map((verdict): ChartSeries => ({
      ...{ id: verdict, title: words.title(verdict), steps, points: true, look: verdictOrder.indexOf(verdict) },
      values: column(verdict, ({ relativeBias }) => relativeBias),
      low: column(verdict, ({ interval }) => interval?.[0]),
      high: column(verdict, ({ interval }) => interval?.[1]),
      describe: (index) => (points[index]?.verdict === verdict ? words.describe(points[index]) : ""),
    }));
  const margins = points.map(({ margin }) => margin);
  return [...found, { id: "margin", title: words.margin, steps, values: margins, look: 3, describe: () => "" }];
}
