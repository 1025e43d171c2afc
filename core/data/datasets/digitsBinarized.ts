import { binarizeStatic } from "../binarizeStatic";
import type { DatasetDescription } from "../dataset";
import { generateDigits } from "./digits";

/** The built-in digits with each pixel drawn once as 0 or 1, as static binarized MNIST is of MNIST. */
export const digitsBinarized: DatasetDescription = {
  id: "digits-binarized",
  title: "Binarized digits (built in)",
  summary: "the built-in digits, each pixel drawn once with its grey value as probability; x only",
  needsFiles: [],
  load: async ({ seed, ...options }) => binarizeStatic("digits-binarized", generateDigits({ seed, ...options }), seed),
};
