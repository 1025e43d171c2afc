import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { measureControlVariates } from "../diagnostics/controlVariates";
import { type VarianceGrowth, VarianceTrend } from "../diagnostics/varianceTrend";
import { measurePathScore } from "../diagnostics/measurePathScore";
import { measureVariance, type VarianceRequest } from "../diagnostics/measureVariance";
import { PathScoreWindow } from "../diagnostics/pathScoreWindow";
import { VarianceWindow } from "../diagnostics/varianceWindow";
import type { NodeEstimator } from "../estimators/estimator";
import type { DataInputs } from "../model/defineModel";
import type { ControlVariateRecord, VarianceRecord } from "../protocol/snapshot";
import type { Prepared } from "./prepare";

/** Examples of a batch that are measured, twice each. */
export const MEASURED_EXAMPLES = 16;
/** Without a data set, replicates of the one row instead. */
const DRAWS_WITHOUT_DATA = 32;
const MAX_INTERVAL = 1000;
/** Control variates are looked at with every so many measurements of the variance. */
const CONTROL_EVERY = 4;
/** Replicates of each example for that; without a data set, of the rows of a batch. */
const CONTROL_DRAWS = 8;
const CONTROL_ROWS_WITHOUT_DATA = 400;
/** Measurements that a record averages. */
const WINDOW = 8;

/** When diagnostics run, so that they take the set share of the time, and what they cost. */
export class DiagnosticsSchedule {
  private interval: number;
  private nextStep = 1;
  private stepMs: number | null = null;
  private measureMs: number | null = null;
  private spent = { steps: 0, diagnostics: 0 };
  private measurements = 0;
  private readonly window = new VarianceWindow(WINDOW);
  private readonly trend = new VarianceTrend();
  private readonly pathScoreWindow = new PathScoreWindow(WINDOW);

  /**
   * @param fixed steps between measurements, 0 for none, or null to keep to the budget
   * @param budget share of all time that measurements may take, in (0, 1)
   */
  constructor(
    private readonly fixed: number | null,
    private readonly budget: number,
  ) {
    this.interval = fixed ?? 10;
  }

  /** Share of the time so far that diagnostics took. */
  get share(): number {
    const { steps, diagnostics } = this.spent;
    return diagnostics / Math.max(1e-9, steps + diagnostics);
  }

  /** False when the user turned diagnostics off. */
  get enabled(): boolean {
    return this.fixed !== 0;
  }

  /** Parameters whose variance grew over the last full window of measurements. */
  get growth(): readonly VarianceGrowth[] {
    return this.trend.growing;
  }

  get secondsPerStep(): number | null {
    return this.stepMs === null ? null : this.stepMs / 1000;
  }

  /** Starts the averages anew, for another estimator. */
  reset(): void {
    this.window.clear();
    this.measurements = 0;
    this.trend.clear();
    this.pathScoreWindow.clear();
  }

  stepTook(ms: number): void {
    // The first steps compile and allocate; a moving average forgets them.
    this.stepMs = this.stepMs === null ? ms : 0.95 * this.stepMs + 0.05 * ms;
    this.spent = { steps: this.spent.steps * 0.999 + ms, diagnostics: this.spent.diagnostics * 0.999 };
  }

  due(step: number): boolean {
    return this.fixed !== 0 && step >= this.nextStep;
  }

  measure(
    prepared: Prepared,
    estimators: ReadonlyMap<string, NodeEstimator>,
    data: DataInputs,
    step: number,
    specs: Prepared["specs"] = prepared.specs,
  ): { readonly variance: VarianceRecord; readonly controlVariates?: ControlVariateRecord | null } {
    const began = performance.now();
    const hasData = prepared.dataset !== null;
    const examples = hasData ? Math.min(MEASURED_EXAMPLES, prepared.batchSize) : 1;
    const { parameters, pathScore } = tidy(() => {
      const request: VarianceRequest = {
        instance: prepared.instance,
        structure: prepared.structure,
        objective: prepared.objective,
        estimators,
        data: firstExamples(data, examples),
        examples,
        batchSize: prepared.batchSize,
        hasData,
        numSamples: prepared.numSamples,
        draws: hasData ? 2 : DRAWS_WITHOUT_DATA,
        seed: prepared.seed,
        step,
        elementsUpTo: 0,
      };
      return {
        parameters: measureVariance({ ...request, window: this.window }),
        pathScore: measurePathScore({ ...request, window: this.pathScoreWindow }),
      };
    });
    const controls =
      this.measurements++ % CONTROL_EVERY === 0
        ? controlVariates(prepared, specs, estimators, data, examples, step)
        : {};
    this.trend.add(step, new Map(parameters.map(({ name }) => [name, this.window.newest(name)])));
    const elapsedMs = performance.now() - began;
    this.measureMs = this.measureMs === null ? elapsedMs : 0.7 * this.measureMs + 0.3 * elapsedMs;
    this.spent = { ...this.spent, diagnostics: this.spent.diagnostics + elapsedMs };
    this.plan(step);
    const parts = pathScore.length > 0 ? { pathScore } : {};
    return { variance: { step, parameters, ...parts, elapsedMs }, ...controls };
  }

  private plan(step: number): void {
    if (this.fixed === null && this.stepMs !== null && this.measureMs !== null) {
      // measure / (interval · step + measure) = budget
      this.interval = Math.min(
        MAX_INTERVAL,
        Math.max(1, Math.ceil((this.measureMs * (1 - this.budget)) / (this.budget * this.stepMs))),
      );
    }
    this.nextStep = step + this.interval;
  }
}

function controlVariates(
  { instance, structure, objective, dataset, batchSize, numSamples, seed }: Prepared,
  specs: Prepared["specs"],
  estimators: ReadonlyMap<string, NodeEstimator>,
  data: DataInputs,
  examples: number,
  step: number,
): { readonly controlVariates: ControlVariateRecord | null } {
  const nodes = measureControlVariates({
    ...{ instance, structure, objective, specs, estimators, numSamples, seed, step },
    data: dataset ? firstExamples(data, examples) : data,
    batchSize: dataset ? examples : batchSize,
    draws: dataset ? CONTROL_DRAWS : Math.max(CONTROL_DRAWS, Math.ceil(CONTROL_ROWS_WITHOUT_DATA / batchSize)),
  });
  return { controlVariates: nodes.length > 0 ? { step, nodes } : null };
}

function firstExamples(data: DataInputs, examples: number): DataInputs {
  return Object.fromEntries(
    Object.entries(data).map(([name, x]) => [name, x.shape[1] === examples ? x : tf.slice(x, [0, 0], [1, examples])]),
  );
}
