import { binarizeStatic } from "../binarizeStatic";
import type { DatasetDescription } from "../dataset";
import { topBottom } from "../topBottom";
import { loadMnist, mnistPaths } from "./mnist";

/** One draw for everybody, so that figures of different runs are of the same data. */
const binarizationSeed = 2015;

/**
 * The structured-prediction task of MuProp (Gu et al., 2016, section 5.1): predict the bottom half of a digit from its
 * top half. The paper binarises as Raiko et al. (2015) do, which we take to mean: the whole image once, before training,
 * each pixel drawn with its grey value as expectation. So inputs and outputs are both binary and the same in every run.
 */
export const mnistTopBottom: DatasetDescription = {
  id: "mnist-top-bottom",
  title: "Top half → bottom half of MNIST",
  summary: "statically binarised MNIST cut in two: x = top half (392), y = bottom half (392)",
  needsFiles: mnistPaths,
  load: async (options) =>
    topBottom(
      "mnist-top-bottom",
      binarizeStatic("mnist-top-bottom", await loadMnist("mnist-top-bottom", options), binarizationSeed),
    ),
};
