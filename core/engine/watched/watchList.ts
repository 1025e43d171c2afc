import { GradlensError } from "../../errors";
import type { RunDelta } from "../../protocol/snapshot";
import type { WatchedView } from "../../protocol/watched";
import { guard } from "../prepare";
import { watchedMeasurements } from "./registry";
import type { Watched } from "./watchedView";

/** Each view takes at most this share of the time, and comes no more often than this. */
const SHARE = 0.02;
const LEAST_INTERVAL_MS = 2000;

type Fields = Pick<RunDelta["fields"], WatchedView>;

/** The views that somebody looks at, each measured when it is its turn. */
export class WatchList {
  private watched: readonly WatchedView[] = [];
  private readonly views = new Map(
    watchedMeasurements.map(({ id, create }) => [id, { measure: create(), due: 0, step: -1 }]),
  );

  watch(views: readonly WatchedView[]): void {
    this.watched = views;
  }

  /** Another estimator may have what the one before had not. */
  reset(): void {
    for (const view of this.views.values()) view.due = 0;
  }

  /** One view that is due, measured; null when none is. */
  refresh(now: number, watched: Watched): Fields | null {
    const next = this.watched.find((id) => now >= (this.views.get(id)?.due ?? Infinity));
    return next === undefined ? null : this.measure(next, watched);
  }

  /** All views that have not seen this step: a run that stands still measures at once. */
  catchUp(watched: Watched): Fields {
    const behind = this.watched.filter((id) => (this.views.get(id)?.step ?? Infinity) < watched.step);
    return Object.assign({}, ...behind.map((id) => this.measure(id, watched))) as Fields;
  }

  private measure(id: WatchedView, watched: Watched): Fields {
    const view = this.views.get(id)!;
    const began = performance.now();
    let fields: Fields = { [id]: null };
    view.due = Infinity;
    view.step = watched.step;
    try {
      fields = guard(watched.prepared.file, () => view.measure(watched));
      const done = performance.now();
      // What this model does not have is not looked for again.
      if (fields[id]) view.due = done + Math.max(LEAST_INTERVAL_MS, (done - began) / SHARE);
    } catch (error) {
      // A model that cannot be looked at in this way still trains; the view stays empty.
      if (!(error instanceof GradlensError)) throw error;
    }
    return fields;
  }
}
