import type { RunSnapshot } from "../core/protocol/snapshot";
import type { EngineState, FromWebview, PanelView } from "../core/protocol/webview";
import type { ViewStore } from "./viewState";

/** One thing that must hold before a panel has something to draw, and the command that brings it about. */
export interface Need {
  readonly text: string;
  readonly met: boolean;
  readonly command?: { readonly id: string; readonly title: string };
}

export interface TableColumn {
  readonly title: string;
  readonly unit?: string;
  /** Counts are written out, shares as per cent, numbers with three significant digits. */
  readonly kind: "text" | "number" | "count" | "share";
}

/** A panel's data as rows; null is unknown, empty text is where nothing belongs. */
export interface DataTable {
  readonly caption: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** Rows begin with their step: files have the oldest first, the screen the newest. */
  readonly newestFirst: boolean;
  /** Rows there are, if `rows` was limited. */
  readonly total: number;
}

/** What a panel may ask of the page. */
export interface PanelContext {
  readonly view: ViewStore;
  post(message: FromWebview): void;
  /** Makes a parameter the chosen one in every panel. */
  select(parameter: string | null): void;
  /** Draws every panel again soon, for example after a click that changes what is shown. */
  redraw(): void;
}

/** One view of a run: a pure function of the snapshot and the view state. */
export interface Panel {
  readonly id: string;
  readonly title: string;
  /** What has to be measured while the panel is visible, beside what always is. */
  readonly watches?: PanelView;
  needs(snapshot: RunSnapshot | null, engine: EngineState): readonly Need[];
  /** False where the run's model has nothing of the kind, so that the tile is left out; left out, it always applies. */
  applies?(snapshot: RunSnapshot): boolean;
  mount(element: HTMLElement, context: PanelContext): void;
  /** Called only while every need is met and the panel is visible. */
  update(snapshot: RunSnapshot): void;
  /** The data as a table, of long histories the newest `limit` rows or somewhat more. */
  table(snapshot: RunSnapshot, limit?: number): DataTable;
  /** The picture as a file of its own. */
  svg(): string;
  dispose(): void;
}
