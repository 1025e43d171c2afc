import type { Markup } from "../markup";

/** Width of every picture of a report, pixels: a page in print, a column on the screen. */
export const pictureWidth = 760;

export interface Picture {
  readonly svg: Markup;
  readonly width: number;
  readonly height: number;
}
