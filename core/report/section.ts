import type { Picture } from "./charts/picture";
import type { Markup } from "./markup";
import type { Report } from "./report";

/** A chart with what it is made of. */
export interface Part {
  readonly title: string;
  readonly picture: Picture | null;
  /** Tables and facts below the chart. */
  readonly below: readonly (Markup | null)[];
}

/** One heading of a report. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** What is to be seen, in one or two sentences. */
  readonly about: string;
  /** Empty where the run has nothing of the kind: `none` is then said. */
  readonly parts: (report: Report) => readonly Part[];
  readonly none: string;
}
