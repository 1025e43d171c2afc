import type { RunSnapshot } from "../core/protocol/snapshot";
import { html } from "./dom";
import { exportSvg } from "./exportSvg";

/** A scrolling box around one picture that is drawn anew as a whole: only when what it shows or its size has changed. */
export interface PictureBox {
  readonly element: HTMLElement;
  update(snapshot: RunSnapshot): void;
  /** Draws again although nothing of the snapshot changed. */
  refresh(): void;
  /** The picture as a file of its own. */
  svg(): string;
  dispose(): void;
}

interface PictureBoxOptions {
  /** What the region holds, for those who cannot see it. */
  readonly label: string;
  /** What the picture depends on, compared one by one; null when there is nothing to draw. */
  readonly inputs: (snapshot: RunSnapshot) => readonly unknown[] | null;
  readonly draw: (snapshot: RunSnapshot, width: number, height: number) => SVGSVGElement;
}

export function createPictureBox({ label, inputs, draw }: PictureBoxOptions): PictureBox {
  const element = html("div", { class: "check-scroll", tabindex: 0, role: "region", "aria-label": label });
  let picture: SVGSVGElement | undefined;
  let last: RunSnapshot | undefined;
  let shown: readonly unknown[] = [];

  function update(snapshot: RunSnapshot): void {
    last = snapshot;
    const found = inputs(snapshot);
    const [width, height] = [element.clientWidth, element.clientHeight];
    if (!found || width === 0) return;
    const key = [...found, width, height];
    if (key.length === shown.length && key.every((value, i) => Object.is(value, shown[i]))) return;
    shown = key;
    const focused = element.contains(document.activeElement)
      ? document.activeElement?.getAttribute("data-row")
      : undefined;
    picture = draw(snapshot, width, height);
    element.replaceChildren(picture);
    if (focused != null) element.querySelector<SVGElement>(`[data-row="${CSS.escape(focused)}"]`)?.focus();
  }

  const refresh = (): void => {
    if (last) update(last);
  };
  const resize = new ResizeObserver(refresh);
  resize.observe(element);
  return {
    element,
    update,
    refresh,
    svg: () => (picture ? exportSvg(picture) : ""),
    dispose: () => resize.disconnect(),
  };
}
