import { noMoreInversions } from "./noMoreInversions";

/** A parameter whose variance grew over a window of measurements. */
export interface VarianceGrowth {
  readonly parameter: string;
  readonly fromStep: number;
  readonly toStep: number;
  /** Median of the window's last quarter over that of its first. */
  readonly factor: number;
}

export interface TrendOptions {
  /** Measurements of a window. */
  readonly window: number;
  /** Probability that a run whose variances do not grow is ever told that one does. */
  readonly falseAlarmRate: number;
  /** Growth below this factor is not worth a word. */
  readonly leastFactor: number;
}

const usual: TrendOptions = { window: 32, falseAlarmRate: 0.01, leastFactor: 1.5 };

/**
 * Watches the variances of a run's parameters for growth: the one-sided test of Mann and Kendall on windows of measurements that do
 * not overlap.
 *
 * Measurements of a window have their own noise and examples. Where the variance stays, their order is one of n! that are as likely as
 * each other, so that the number of inversions (pairs that fall) has a known distribution whatever that of the measurements; where it
 * falls, there are more. Few inversions speak for growth, p = P(inversions <= found). Window k of a run with P parameters is
 * tested at (6/π²)/k² · falseAlarmRate / P, which adds up to the rate over all parameters and windows. Equal values count as inversions.
 *
 * Reference: Mann, Nonparametric tests against trend (1945); Kendall, Rank correlation methods (1948), chapter 5.
 */
export class VarianceTrend {
  private steps: number[] = [];
  private values = new Map<string, number[]>();
  private windows = 0;
  private found: readonly VarianceGrowth[] = [];

  constructor(private readonly options: TrendOptions = usual) {}

  /** What the last full window showed. */
  get growing(): readonly VarianceGrowth[] {
    return this.found;
  }

  /** @param variances one measurement's own variance of every parameter; null where it is not known */
  add(step: number, variances: ReadonlyMap<string, number | null>): void {
    this.steps.push(step);
    for (const [name, value] of variances) {
      const known = this.values.get(name) ?? [];
      if (value !== null) known.push(value);
      this.values.set(name, known);
    }
    if (this.steps.length >= this.options.window) this.test();
  }

  /** Another estimator has other variances: what was measured before it says nothing of growth. The looks already taken stay counted. */
  clear(): void {
    this.steps = [];
    this.values = new Map();
    this.found = [];
  }

  private test(): void {
    const { window, falseAlarmRate, leastFactor } = this.options;
    this.windows++;
    const level = ((6 / Math.PI ** 2 / this.windows ** 2) * falseAlarmRate) / Math.max(1, this.values.size);
    const [fromStep, toStep] = [this.steps[0]!, this.steps.at(-1)!];
    this.found = [...this.values].flatMap(([parameter, values]) => {
      if (values.length < window || noMoreInversions(window, inversions(values)) > level) return [];
      const quarter = Math.floor(window / 4);
      const factor = median(values.slice(-quarter)) / median(values.slice(0, quarter));
      return factor >= leastFactor ? [{ parameter, fromStep, toStep, factor }] : [];
    });
    this.steps = [];
    this.values = new Map();
  }
}

/** Pairs whose later value is not above the earlier one. */
function inversions(values: readonly number[]): number {
  let count = 0;
  for (let i = 0; i < values.length; i++)
    for (let j = i + 1; j < values.length; j++) if (!(values[j]! > values[i]!)) count++;
  return count;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
