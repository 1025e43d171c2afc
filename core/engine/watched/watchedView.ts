import type { NodeEstimator } from "../../estimators/estimator";
import type { RunDelta } from "../../protocol/snapshot";
import type { WatchedView } from "../../protocol/watched";
import type { Prepared } from "../prepare";

/** What a view is measured from: the model as it is now. */
export interface Watched {
  readonly prepared: Prepared;
  /** The estimators that train now. */
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  readonly specs: Prepared["specs"];
  readonly step: number;
}

/** A measurement that is made only while somebody looks at it. */
export interface WatchedMeasurement {
  readonly id: WatchedView;
  /** Whether the model has it, told without measuring. */
  applies(prepared: Prepared, estimators: Watched["estimators"]): boolean;
  /** Its record by name, null where the model has nothing of the kind. Made anew for every run, so that it may remember things. */
  create(): (watched: Watched) => Pick<RunDelta["fields"], WatchedView>;
}
