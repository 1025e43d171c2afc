const inherited = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "paint-order",
  "dominant-baseline",
  "visibility",
  "display",
] as const;

/**
 * A drawn SVG as a file of its own: the theme's colours are written into it, so that it looks the same elsewhere. Patterns and
 * clips that live elsewhere in the page (`shared`) are copied in.
 */
export function exportSvg(source: SVGSVGElement, shared?: Element | null): string {
  const copy = source.cloneNode(true) as SVGSVGElement;
  inline(source, copy);
  if (shared) {
    const defs = shared.cloneNode(true) as Element;
    inline(shared, defs);
    copy.prepend(defs);
  }
  const width = source.clientWidth || Number(source.getAttribute("width")) || 600;
  const height = source.clientHeight || Number(source.getAttribute("height")) || 400;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  if (!copy.hasAttribute("viewBox")) copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const [left = 0, top = 0, boxWidth = width, boxHeight = height] = (copy.getAttribute("viewBox") ?? "")
    .split(/[ ,]+/)
    .map(Number);
  const background = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x: left, y: top, width: boxWidth, height: boxHeight }))
    background.setAttribute(name, String(value));
  background.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  copy.prepend(background);
  return new XMLSerializer().serializeToString(copy);
}

function inline(source: Element, copy: Element): void {
  const style = getComputedStyle(source);
  for (const name of inherited) {
    const value = style.getPropertyValue(name);
    if (value !== "") copy.setAttribute(name, value);
  }
  for (const name of ["class", "style", "tabindex", "role", "aria-label"]) copy.removeAttribute(name);
  for (let index = 0; index < source.children.length; index++) {
    const from = source.children[index];
    const to = copy.children[index];
    if (from && to) inline(from, to);
  }
}
