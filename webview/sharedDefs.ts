import { svg } from "./dom";

/** Patterns that several charts fill with; kept in the page once. */
export function sharedDefs(): SVGSVGElement {
  return svg(
    "svg",
    { class: "shared-defs", width: 0, height: 0, "aria-hidden": "true", focusable: "false" },
    svg(
      "defs",
      {},
      svg(
        "pattern",
        { id: "hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        svg("rect", { class: "hatch-ground", width: 5, height: 5 }),
        svg("rect", { class: "hatch-line", width: 2.5, height: 5 }),
      ),
    ),
  );
}
