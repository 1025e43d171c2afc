import { color, interpolateRgb } from "d3";

let ramp: Uint8ClampedArray | undefined;
const listeners = new Set<() => void>();

const observer = new MutationObserver(() => {
  ramp = undefined;
  for (const listener of listeners) listener();
});
observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });

/** From the theme's background (low) to its foreground (high), 256 RGB triples. */
export function valueRamp(): Uint8ClampedArray {
  if (!ramp) {
    const style = getComputedStyle(document.body);
    const between = interpolateRgb(style.backgroundColor, style.color);
    ramp = new Uint8ClampedArray(256 * 3);
    for (let index = 0; index < 256; index++) {
      const { r = 0, g = 0, b = 0 } = color(between(index / 255))?.rgb() ?? {};
      ramp.set([r, g, b], index * 3);
    }
  }
  return ramp;
}

/** Calls back when the theme changed; returns the way to stop that. */
export function onTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
