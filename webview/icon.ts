import { svg } from "./dom";

/** Paths on a 16 × 16 grid. */
const paths = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  stop: "M3.5 3.5h9v9h-9z",
  swap: "M4.5 2 1.5 5l3 3V6h8V4h-8zM11.5 8v2h-8v2h8v2l3-3z",
  table: "M1.5 2.5h13v11h-13zM3 6v2h4V6zm5.5 0v2h4.5V6zM3 9.5v2.5h4V9.5zm5.5 0v2.5h4.5V9.5z",
  export: "M7.25 1.5h1.5v6.2l2.2-2.2 1.1 1.1L8 10.6 3.95 6.6l1.1-1.1 2.2 2.2zM2.5 11h1.5v2h8v-2h1.5v3.5h-11z",
  maximise: "M2 2h5v1.5H3.5V7H2zM9 14v-1.5h3.5V9H14v5z",
  restore: "M7 7H2V5.5h3.5V2H7zM9 9h5v1.5h-3.5V14H9z",
  back: "M9.5 2.5 4 8l5.5 5.5 1.1-1.1L6.2 8l4.4-4.4z",
  code: "M5.5 4 1.5 8l4 4 1-1L3.6 8l2.9-3zM10.5 4l-1 1 2.9 3-2.9 3 1 1 4-4z",
  previous: "M10 3 5 8l5 5z",
  next: "M6 3l5 5-5 5z",
  done: "M6.2 12.5 2.2 8.5l1.1-1.1 2.9 2.9 6.5-6.5 1.1 1.1z",
  open: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zm0 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z",
  warning: "M8 1.5 15 14H1zM7.25 6v4h1.5V6zm0 5v1.5h1.5V11z",
} as const;

export type IconName = keyof typeof paths;

/** A picture beside text or in a labelled button; silent to screen readers. */
export function icon(name: IconName): SVGSVGElement {
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true", focusable: "false" },
    svg("path", { d: paths[name], "fill-rule": "evenodd" }),
  );
}
