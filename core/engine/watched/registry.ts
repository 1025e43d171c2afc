import { densities } from "./densities";
import { images } from "./images";
import { refinement } from "./refinement";
import type { WatchedView } from "../../protocol/watched";
import type { Watched, WatchedMeasurement } from "./watchedView";

/** Everything that is measured only while it is looked at. */
export const watchedMeasurements: readonly WatchedMeasurement[] = [images, densities, refinement];

/** What can be watched of a model. */
export function watchableViews({ prepared, estimators }: Pick<Watched, "prepared" | "estimators">): WatchedView[] {
  return watchedMeasurements.filter(({ applies }) => applies(prepared, estimators)).map(({ id }) => id);
}
