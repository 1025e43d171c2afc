import type { Measured, SweepRecord } from "../../core/protocol/sweep";
import { text } from "../text";

export interface SweepCurve {
  readonly title: string;
  /** Which of the six hues, dashes and markers. */
  readonly look: number;
  readonly values: readonly Measured[];
}

/** One plot of a sweep: curves that share a value axis. */
export interface SweepPlot {
  readonly title: string;
  readonly curves: readonly SweepCurve[];
}

/** Parameters that are drawn; the table has them all. */
const MOST = 6;

/** Bias, variance and their sum; under samples the ratio and the variance of every parameter. */
export function sweepPlots({ over, points }: SweepRecord): readonly SweepPlot[] {
  if (over !== "samples") {
    const curves = [
      { title: text("bias²"), look: 1, values: points.map(({ biasSquared }) => biasSquared) },
      { title: text("variance"), look: 0, values: points.map(({ variance }) => variance) },
      { title: text("mean squared error"), look: 2, values: points.map(({ meanSquaredError }) => meanSquaredError) },
    ];
    return [{ title: text("loss²/parameter²"), curves }];
  }
  const names = (points[0]?.parameters ?? []).slice(0, MOST).map(({ name }) => name);
  const plot = (title: string, quantity: "snr" | "variance"): SweepPlot => ({
    title,
    curves: names.map((name, look) => ({
      title: name,
      look,
      values: points.map(({ parameters }) => parameters[look]![quantity]),
    })),
  });
  return [plot(text("signal-to-noise ratio"), "snr"), plot(text("variance, loss²/parameter²"), "variance")];
}
