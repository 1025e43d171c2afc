import type { DataArray, Dataset, Split } from "./dataset";
import { makeSplit } from "./split";

/** Structured prediction: images cut in two, `x` the top half to start from, `y` the bottom half to predict. */
export function topBottom(id: string, dataset: Dataset): Dataset {
  return {
    ...dataset,
    id,
    train: cut(dataset.train),
    valid: dataset.valid && cut(dataset.valid),
    test: cut(dataset.test),
  };
}

function cut(split: Split): Split {
  const whole = split.inputs["x"];
  if (whole?.image === undefined) {
    return split;
  }
  const [width, height] = whole.image;
  const topRows = Math.ceil(height / 2);
  const inputs = {
    x: rows(whole, split.size, width, height, 0, topRows),
    y: rows(whole, split.size, width, height, topRows, height),
  };
  return makeSplit(split.size, inputs, split.labels);
}

/** Rows first … end − 1 of every image. */
function rows(whole: DataArray, size: number, width: number, height: number, first: number, end: number): DataArray {
  const length = (end - first) * width;
  const values = new Float32Array(size * length);
  for (let example = 0; example < size; example++) {
    const start = (example * height + first) * width;
    values.set(whole.values.subarray(start, start + length), example * length);
  }
  return { shape: [length], image: [width, end - first], values };
}
