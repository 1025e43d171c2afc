import { html } from "../dom";
import type { Ramp } from "../theme";
import { cellIndex, paintHeat } from "./paintHeat";

/** Columns and rows of a layer's units: the image's own, units × states, or a block about twice as wide as high. */
export function heatGrid(
  shape: readonly number[],
  image: readonly [number, number] | undefined,
): readonly [number, number] {
  if (image) return image;
  const size = shape.reduce((product, axis) => product * axis, 1);
  const [first = 1, second] = shape;
  if (second !== undefined) return first >= size / first ? [first, size / first] : [size / first, first];
  const wanted = Math.ceil(Math.sqrt(size * 2));
  for (let columns = wanted; columns < wanted * 1.5; columns++)
    if (size % columns === 0) return [columns, size / columns];
  return [wanted, Math.ceil(size / wanted)];
}

/** A grid of values, one canvas pixel per unit, enlarged without smoothing. */
export interface HeatPicture {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  update(
    values: Float32Array,
    shape: readonly number[],
    image: readonly [number, number] | undefined,
    range: readonly [number, number],
    label: string,
  ): void;
}

/** @param colours `signed` for values of both signs: 0 is then in the middle of the range given */
export function createHeatPicture(
  title: string,
  hover: (index: number | null) => void,
  colours: Ramp = "value",
): HeatPicture {
  const canvas = html("canvas", { class: "heat", role: "img" });
  const element = html("figure", { class: "heat-figure" }, canvas, html("figcaption", {}, title));
  let grid: readonly [number, number] = [1, 1];
  let units: readonly number[] = [];
  canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    const column = Math.floor((offsetX / canvas.clientWidth) * grid[0]);
    const row = Math.floor((offsetY / canvas.clientHeight) * grid[1]);
    const inside = column >= 0 && column < grid[0] && row >= 0 && row < grid[1];
    hover(inside ? cellIndex(units, grid, column, row) : null);
  });
  canvas.addEventListener("pointerleave", () => hover(null));
  return {
    element,
    canvas,
    update(values, shape, image, [low, high], label) {
      units = image ? [] : shape;
      grid = heatGrid(shape, image);
      const [columns, rows] = grid;
      if (canvas.width !== columns || canvas.height !== rows) {
        canvas.width = columns;
        canvas.height = rows;
      }
      element.classList.toggle("wide", columns > rows * 3);
      element.classList.toggle("blocky", !image);
      if (canvas.getAttribute("aria-label") !== label) canvas.setAttribute("aria-label", label);
      const drawing = canvas.getContext("2d");
      if (!drawing) return;
      const pixels = drawing.createImageData(columns, rows);
      paintHeat(pixels, values, { shape: units, grid, range: [low, high], left: 0, colours });
      drawing.putImageData(pixels, 0, 0);
    },
  };
}
