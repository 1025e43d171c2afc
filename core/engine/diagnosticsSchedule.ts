import { tidy } from "../backends/tidy";
import { attributeVariance } from "../diagnostics/attribution";
import { AttributionMoments } from "../diagnostics/attributionMoments";
import { measureControlVariates } from "../diagnostics/controlVariates";
import { DriftWindow } from "../diagnostics/driftWindow";
import { measurePathScore } from "../diagnostics/measurePathScore";
import { measureVariance, type VarianceRequest } from "../diagnostics/measureVariance";
import { MomentsWindow } from "../diagnostics/momentsWindow";
import { PathScoreMoments } from "../diagnostics/pathScoreMoments";
import { finish } from "../diagnostics/sliced";
import { type VarianceGrowth, VarianceTrend } from "../diagnostics/varianceTrend";
import { VarianceWindow } from "../diagnostics/varianceWindow";
import type { NodeEstimator } from "../estimators/estimator";
import { isExact } from "../estimators/isExact";
import type { DataInputs } from "../model/defineModel";
import type { AttributionRecord, ControlVariateRecord, VarianceRecord } from "../protocol/variance";
import { DiagnosticsBudget } from "./diagnosticsBudget";
import { DiagnosticTurns } from "./diagnosticTurns";
import { measuredRequest } from "./measuredRequest";
import type { Prepared } from "./prepare";

/** Replicates of each example at a measurement of the variance, and of the one row without a data set. */
const DRAWS = [2, 32] as const;
/** Replicates of each example for control variates; without a data set, of the rows of a batch. */
const CONTROL_DRAWS = 8;
const CONTROL_ROWS_WITHOUT_DATA = 400;
/** Measurements that a record averages, and looks at the drift that it spans. */
const WINDOW = 8;

export interface Measurement {
  readonly variance: VarianceRecord;
  /** Left out where it was not their turn. */
  readonly controlVariates?: ControlVariateRecord | null;
  readonly attribution?: AttributionRecord | null;
}

/** What diagnostics measure beside training, with what was measured before. */
export class DiagnosticsSchedule {
  readonly budget: DiagnosticsBudget;
  private readonly turns = new DiagnosticTurns(["controlVariates", "drift", "attribution"]);
  private readonly trend = new VarianceTrend();
  private readonly windows = {
    variance: new VarianceWindow(WINDOW),
    drift: new DriftWindow(WINDOW),
    pathScore: new MomentsWindow<PathScoreMoments>(WINDOW, (parts) => PathScoreMoments.pooled(parts)),
    attribution: new MomentsWindow<AttributionMoments>(WINDOW, (parts) => AttributionMoments.pooled(parts)),
  };

  /** @param fixed, share as for the budget */
  constructor(fixed: number | null, share: number) {
    this.budget = new DiagnosticsBudget(fixed, share);
  }

  /** Parameters whose variance grew over the last full window of measurements. */
  get growth(): readonly VarianceGrowth[] {
    return this.trend.growing;
  }

  /** Starts the averages anew, for another estimator. */
  reset(): void {
    this.turns.clear();
    this.trend.clear();
    for (const window of Object.values(this.windows)) window.clear();
  }

  measure(
    prepared: Prepared,
    estimators: ReadonlyMap<string, NodeEstimator>,
    data: DataInputs,
    step: number,
    specs: Prepared["specs"] = prepared.specs,
  ): Measurement {
    const began = performance.now();
    const turn = this.turns.next(step);
    const { variance: window, drift } = this.windows;
    const { measured, pathScore, more } = tidy(() => {
      const request = measuredRequest(prepared, { estimators, data, step, draws: DRAWS });
      return {
        measured: measureVariance({ ...request, window, ...(turn === "drift" ? { drift } : {}) }),
        // A gradient at refined posteriors has no such parts.
        pathScore: request.refined ? [] : measurePathScore({ ...request, window: this.windows.pathScore }),
        more:
          turn === "controlVariates"
            ? controlVariates(prepared, specs, request, data)
            : turn === "attribution"
              ? this.attribution(specs, request)
              : {},
      };
    });
    this.trend.add(step, new Map(measured.map(({ name }) => [name, window.newest(name)])));
    const elapsedMs = performance.now() - began;
    const parameters = measured.map((parameter) => {
      const { value, interval } = drift.latest(parameter.name) ?? { value: null, interval: null };
      return { ...parameter, drift: value, driftInterval: interval };
    });
    const { since } = drift;
    const parts = {
      ...(pathScore.length > 0 ? { pathScore } : {}),
      ...(since === null ? {} : { driftSince: since }),
    };
    return { variance: { step, parameters, ...parts, elapsedMs }, ...more };
  }

  /** All noise is one node's where there is only one. */
  private attribution(specs: Prepared["specs"], request: VarianceRequest): Pick<Measurement, "attribution"> {
    if (request.structure.nodes.length < 2 || isExact(specs)) return { attribution: null };
    const parameters = finish(attributeVariance({ ...request, window: this.windows.attribution }));
    return { attribution: { step: request.step, parameters } };
  }
}

function controlVariates(
  { dataset, batchSize }: Prepared,
  specs: Prepared["specs"],
  request: VarianceRequest,
  data: DataInputs,
): Pick<Measurement, "controlVariates"> {
  const nodes = measureControlVariates({
    ...request,
    specs,
    data: dataset ? request.data : data,
    batchSize: dataset ? request.examples : batchSize,
    draws: dataset ? CONTROL_DRAWS : Math.max(CONTROL_DRAWS, Math.ceil(CONTROL_ROWS_WITHOUT_DATA / batchSize)),
  });
  return { controlVariates: nodes.length > 0 ? { step: request.step, nodes } : null };
}
