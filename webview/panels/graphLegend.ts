import type { GraphNodeKind } from "../../core/protocol/graph";
import { html, svg } from "../dom";
import { outline } from "./graphShapes";
import { kindTitles } from "./graphTitles";

/** What the outlines mean, and the bar. */
export function createGraphLegend(shareNote: HTMLElement): HTMLElement {
  const kinds = kindTitles();
  const items = (Object.keys(kinds) as GraphNodeKind[]).map((kind) => {
    const picture = svg(
      "svg",
      { class: "swatch", viewBox: "-15 -8 30 16", width: 30, height: 16, "aria-hidden": "true" },
      svg("g", { class: `node ${kind}` }, svg("path", { class: "outline", d: miniature(kind) })),
    );
    return html("li", {}, picture, html("span", {}, kinds[kind]));
  });
  const bar = svg(
    "svg",
    { class: "swatch", viewBox: "-15 -8 30 16", width: 30, height: 16, "aria-hidden": "true" },
    svg("rect", { class: "share-track", x: -13, y: -2, width: 26, height: 4 }),
    svg("rect", { class: "share", x: -13, y: -2, width: 14, height: 4 }),
  );
  return html("ul", { class: "legend legend-items" }, ...items, html("li", {}, bar, shareNote));
}

function miniature(kind: GraphNodeKind): string {
  return kind === "parameter" ? "M-13 -6H13V6H-13ZM-9 -6V6" : outline(kind, 26, 12);
}
