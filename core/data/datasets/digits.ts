import type { Dataset, DatasetDescription, LoadOptions, Split } from "../dataset";
import { digitSide, renderDigit } from "../digitRenderer";
import { deriveKey, permutation } from "../random";
import { checkLimit, makeSplit, oneHot } from "../split";

const sizes = { train: 10_000, valid: 1_000, test: 2_000 };
const classes = 10;

/** The embedded default: handwritten-looking digits drawn by a procedure, grey values in [0, 1], with one-hot labels. */
export const digits: DatasetDescription = {
  id: "digits",
  title: "Digits (built in)",
  summary:
    "28×28 digits drawn by a procedure from the seed, grey values, 10 balanced classes; 10 000 train, 1 000 valid, 2 000 test",
  needsFiles: [],
  load: async (options) => generateDigits(options),
};

/** The same set for the same seed; with a limit, the first images of the unlimited one. */
export function generateDigits({ seed, limit }: Pick<LoadOptions, "seed" | "limit">): Dataset {
  const most = limit === undefined ? Infinity : checkLimit(limit);
  return {
    id: "digits",
    train: generateSplit(Math.min(most, sizes.train), deriveKey(seed, 0)),
    valid: generateSplit(Math.min(most, sizes.valid), deriveKey(seed, 1)),
    test: generateSplit(Math.min(most, sizes.test), deriveKey(seed, 2)),
    binarization: "none",
  };
}

/** Every run of ten images holds each digit once, in an order of its own. */
function generateSplit(size: number, key: number): Split {
  const length = digitSide * digitSide;
  const values = new Float32Array(size * length);
  const labels = new Uint8Array(size);
  for (let start = 0; start < size; start += classes) {
    const order = permutation(classes, deriveKey(key, start));
    for (let index = start; index < Math.min(start + classes, size); index++) {
      const digit = order[index - start] as number;
      labels[index] = digit;
      renderDigit(digit, deriveKey(key, index, 1), values.subarray(index * length, (index + 1) * length));
    }
  }
  const inputs = {
    x: { shape: [length], image: [digitSide, digitSide] as const, values },
    label: { shape: [classes], values: oneHot(labels, classes) },
  };
  return makeSplit(size, inputs, labels);
}
