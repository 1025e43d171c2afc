import { binarize } from "./binarize";
import type { Dataset, Split } from "./dataset";
import { deriveKey, uniformStream } from "./random";
import { makeSplit } from "./split";

/** A data set of `x` alone, each pixel drawn once with its grey value as probability; the draw follows from the seed. */
export function binarizeStatic(id: string, dataset: Dataset, seed: number): Dataset {
  const draw = (split: Split, part: number): Split => {
    const x = split.inputs["x"];
    if (x === undefined) {
      return split;
    }
    const values = binarize(x.values, uniformStream(deriveKey(seed, part)));
    return makeSplit(split.size, { x: { ...x, values } }, split.labels);
  };
  return {
    id,
    train: draw(dataset.train, 3),
    valid: dataset.valid && draw(dataset.valid, 4),
    test: draw(dataset.test, 5),
    binarization: "none",
  };
}
