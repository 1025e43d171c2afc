import { clampDomain, panDomain, zoomDomain, type ZoomDomain } from "./zoomDomain";

export interface ZoomTarget {
  /** First and last step there is. */
  extent(): ZoomDomain;
  /** First and last step shown. */
  domain(): ZoomDomain;
  /** Left edge and width of the plot in pixels of the element. */
  plot(): { readonly left: number; readonly width: number };
  change(zoom: ZoomDomain | null): void;
  /** The pointer's place in the element, null when it left. */
  hover(x: number | null): void;
}

/** Drag pans, the wheel zooms while the chart has the focus, + − arrows do the same by keyboard; 0, Home, double click reset. */
export function bindZoom(element: SVGSVGElement, target: ZoomTarget): { dispose(): void } {
  const abort = new AbortController();
  const { signal } = abort;
  let drag: { readonly x: number; readonly domain: ZoomDomain } | null = null;

  const place = (event: MouseEvent): number => event.clientX - element.getBoundingClientRect().left;
  const stepAt = (x: number): number => {
    const [low, high] = target.domain();
    const { left, width } = target.plot();
    return low + ((x - left) / width) * (high - low);
  };
  const zoomBy = (factor: number, centre: number): void =>
    target.change(zoomDomain(target.domain(), factor, centre, target.extent()));

  element.addEventListener(
    "wheel",
    (event) => {
      if (document.activeElement !== element && !event.ctrlKey) return;
      event.preventDefault();
      const [low, high] = target.domain();
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        target.change(panDomain([low, high], (event.deltaX / target.plot().width) * (high - low), target.extent()));
      } else zoomBy(Math.exp(event.deltaY * 0.002), stepAt(place(event)));
    },
    { signal, passive: false },
  );
  element.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      element.focus({ preventScroll: true });
      element.setPointerCapture(event.pointerId);
      drag = { x: event.clientX, domain: target.domain() };
    },
    { signal },
  );
  element.addEventListener(
    "pointermove",
    (event) => {
      if (drag) {
        const [low, high] = drag.domain;
        const steps = ((drag.x - event.clientX) / target.plot().width) * (high - low);
        element.classList.add("dragging");
        target.change(clampDomain([low + steps, high + steps], target.extent()));
      }
      target.hover(place(event));
    },
    { signal },
  );
  const release = (): void => {
    drag = null;
    element.classList.remove("dragging");
  };
  element.addEventListener("pointerup", release, { signal });
  element.addEventListener("pointercancel", release, { signal });
  element.addEventListener("pointerleave", () => target.hover(null), { signal });
  element.addEventListener("dblclick", () => target.change(null), { signal });
  element.addEventListener(
    "keydown",
    (event) => {
      const [low, high] = target.domain();
      const centre = (low + high) / 2;
      if (event.key === "+" || event.key === "=") zoomBy(1 / 1.4, centre);
      else if (event.key === "-") zoomBy(1.4, centre);
      else if (event.key === "ArrowLeft") target.change(panDomain([low, high], (low - high) / 8, target.extent()));
      else if (event.key === "ArrowRight") target.change(panDomain([low, high], (high - low) / 8, target.extent()));
      else if (event.key === "0" || event.key === "Home") target.change(null);
      else return;
      event.preventDefault();
    },
    { signal },
  );

  return { dispose: () => abort.abort() };
}
