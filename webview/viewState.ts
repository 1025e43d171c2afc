import type { ZoomDomain } from "./charts/zoomDomain";

/** What the user chose in the panels. Kept by the editor over hiding and reloading; never holds run data. */
export interface ViewState {
  /** Run that the zooms belong to; another run starts unzoomed. */
  readonly runId: string | null;
  readonly selectedParameter: string | null;
  readonly maximised: string | null;
  /** Panels that show their table. */
  readonly tables: readonly string[];
  readonly lossZoom: ZoomDomain | null;
  readonly lossLog: boolean;
  /** Time constant of the loss smoothing in steps; 0 is none. */
  readonly lossSmoothing: number;
  readonly detailZoom: ZoomDomain | null;
  readonly detailLog: boolean;
  readonly partsZoom: ZoomDomain | null;
  readonly varianceSort: "variance" | "snr" | "name";
  /** x, y and scale of the graph; null fits it to the tile. */
  readonly graphZoom: readonly [number, number, number] | null;
  readonly trunkExample: number | null;
}

export const initialViewState: ViewState = {
  runId: null,
  selectedParameter: null,
  maximised: null,
  tables: [],
  lossZoom: null,
  lossLog: false,
  lossSmoothing: 30,
  detailZoom: null,
  detailLog: true,
  partsZoom: null,
  varianceSort: "variance",
  graphZoom: null,
  trunkExample: null,
};

/** Holds the view state and tells the editor of changes, at most every quarter of a second. */
export interface ViewStore {
  get(): ViewState;
  set(patch: Partial<ViewState>): void;
  /** Writes what is waiting to be written. */
  flush(): void;
}

export function createViewStore(saved: unknown, save: (state: ViewState) => void): ViewStore {
  let state: ViewState = { ...initialViewState, ...(typeof saved === "object" && saved !== null ? saved : {}) };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    save(state);
  };
  return {
    get: () => state,
    set(patch) {
      state = { ...state, ...patch };
      timer ??= setTimeout(flush, 250);
    },
    flush,
  };
}
