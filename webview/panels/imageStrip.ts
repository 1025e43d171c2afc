import type { ImageRow } from "../../core/protocol/watched";
import { html, setText } from "../dom";
import { heatGrid } from "./heatPicture";
import { paintHeat } from "./paintHeat";

/** A row of pictures of the same kind, side by side on one canvas. */
export interface ImageStrip {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly title: string;
  update(row: ImageRow, pictures: number, title: string, label: string): void;
}

/** Pixels between two pictures. */
const gap = 1;

export function createImageStrip(): ImageStrip {
  const canvas = html("canvas", { class: "strip", role: "img" });
  const caption = html("figcaption");
  const element = html("figure", { class: "strip-figure" }, caption, canvas);
  let shown = "";
  return {
    element,
    canvas,
    get title() {
      return shown;
    },
    update({ values, shape, image, range }, pictures, title, label) {
      shown = title;
      setText(caption, title);
      if (canvas.getAttribute("aria-label") !== label) canvas.setAttribute("aria-label", label);
      const grid = heatGrid(shape, image);
      const [columns, rows] = grid;
      const width = pictures * (columns + gap) - gap;
      if (canvas.width !== width || canvas.height !== rows) {
        canvas.width = width;
        canvas.height = rows;
      }
      const drawing = canvas.getContext("2d");
      if (!drawing) return;
      const pixels = drawing.createImageData(width, rows);
      const size = values.length / pictures;
      for (let picture = 0; picture < pictures; picture++) {
        const part = values.subarray(picture * size, (picture + 1) * size);
        paintHeat(pixels, part, { shape: image ? [] : shape, grid, range, left: picture * (columns + gap) });
      }
      drawing.putImageData(pixels, 0, 0);
    },
  };
}
