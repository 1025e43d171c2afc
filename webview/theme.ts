import { color, interpolateRgb, piecewise } from "d3";

const ramps = new Map<Ramp, Uint8ClampedArray>();
const listeners = new Set<() => void>();

const observer = new MutationObserver(() => {
  ramps.clear();
  for (const listener of listeners) listener();
});
observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });

/** `value`: from the theme's background (low) to its foreground (high). `signed`: orange (below 0), background (0), blue (above). */
export type Ramp = "value" | "signed";

/** 256 RGB triples from low to high. */
export function ramp(kind: Ramp): Uint8ClampedArray {
  const known = ramps.get(kind);
  if (known) return known;
  const { backgroundColor, color: foreground } = getComputedStyle(document.body);
  const between =
    kind === "value"
      ? interpolateRgb(backgroundColor, foreground)
      : piecewise(interpolateRgb, [colourOf("ramp-low"), backgroundColor, colourOf("ramp-high")]);
  const made = new Uint8ClampedArray(256 * 3);
  for (let index = 0; index < 256; index++) {
    const { r = 0, g = 0, b = 0 } = color(between(index / 255))?.rgb() ?? {};
    made.set([r, g, b], index * 3);
  }
  ramps.set(kind, made);
  return made;
}

/** The colour that a class of the style sheet has in this theme. */
function colourOf(name: string): string {
  const probe = document.createElement("span");
  probe.className = name;
  document.body.append(probe);
  const { color: found } = getComputedStyle(probe);
  probe.remove();
  return found;
}

/** Calls back when the theme changed; returns the way to stop that. */
export function onTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
