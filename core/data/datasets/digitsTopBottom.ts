import { binarizeStatic } from "../binarizeStatic";
import type { DatasetDescription } from "../dataset";
import { topBottom } from "../topBottom";
import { generateDigits } from "./digits";

/** Structured prediction on the built-in digits, binarised as mnist-top-bottom is. */
export const digitsTopBottom: DatasetDescription = {
  id: "digits-top-bottom",
  title: "Top half → bottom half of digits (built in)",
  summary: "the binarized built-in digits cut in two: x = top half (392), y = bottom half (392)",
  needsFiles: [],
  load: async ({ seed, ...options }) =>
    topBottom("digits-top-bottom", binarizeStatic("digits-top-bottom", generateDigits({ seed, ...options }), seed)),
};
