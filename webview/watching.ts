import type { PanelView } from "../core/protocol/webview";

/** Tells which of the elements that show a watched view are on the screen, whenever that changes. */
export interface Watching {
  observe(element: HTMLElement, view: PanelView): void;
}

export function createWatching(tell: (views: readonly PanelView[]) => void): Watching {
  const visible = new Map<Element, PanelView>();
  const views = new Map<Element, PanelView>();
  let told = "";
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const view = views.get(target);
      if (view && isIntersecting) visible.set(target, view);
      else visible.delete(target);
    }
    const seen = [...new Set(visible.values())].sort();
    if (told === seen.join()) return;
    told = seen.join();
    tell(seen);
  });
  return {
    observe(element, view) {
      views.set(element, view);
      observer.observe(element);
    },
  };
}
