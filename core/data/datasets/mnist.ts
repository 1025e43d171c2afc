import { GradlensError } from "../../errors";
import type { Dataset, DatasetDescription, LoadOptions, Split } from "../dataset";
import { findDataFile } from "../files";
import { readIdx } from "../idx";
import { checkLimit, makeSplit, oneHot } from "../split";

/** The four canonical files. */
export const mnistFiles = {
  trainImages: "train-images-idx3-ubyte.gz",
  trainLabels: "train-labels-idx1-ubyte.gz",
  testImages: "t10k-images-idx3-ubyte.gz",
  testLabels: "t10k-labels-idx1-ubyte.gz",
} as const;

/** Paths of the four files in the data folder. */
export const mnistPaths: readonly string[] = Object.values(mnistFiles).map((name) => `mnist/${name}`);

/** The usual split keeps a sixth of the training file, its end, for validation: 10 000 of 60 000. */
const validShare = 6;
const side = 28;
const classes = 10;

/** MNIST with grey values in [0, 1] and one-hot labels. Y. LeCun, C. Cortes, C. Burges. */
export const mnist: DatasetDescription = {
  id: "mnist",
  title: "MNIST",
  summary: "28×28 handwritten digits, grey values in [0, 1], labels; 50 000 train, 10 000 valid, 10 000 test",
  needsFiles: mnistPaths,
  load: (options) => loadMnist("mnist", options),
};

/** Reads the four files, for the data set of the given id. */
export async function loadMnist(id: string, { folder, limit }: LoadOptions): Promise<Dataset> {
  const most = limit === undefined ? Infinity : checkLimit(limit);
  const find = (name: string) => findDataFile(id, folder, ["mnist", ""], [name, name.replace(/\.gz$/, "")]);
  const paths = Object.values(mnistFiles).map(find) as [string, string, string, string];
  const whole = await readPair(paths[0], paths[1]);
  const test = await readPair(paths[2], paths[3]);
  const boundary = whole.size - Math.floor(whole.size / validShare);
  return {
    id,
    train: toSplit(whole, 0, Math.min(boundary, most)),
    valid: boundary < whole.size ? toSplit(whole, boundary, Math.min(whole.size, boundary + most)) : null,
    test: toSplit(test, 0, Math.min(test.size, most)),
    binarization: "none",
  };
}

interface Pair {
  readonly size: number;
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

async function readPair(imagePath: string, labelPath: string): Promise<Pair> {
  const images = await readIdx(imagePath, 3);
  const labels = await readIdx(labelPath, 1);
  const [size = 0, height, width] = images.shape;
  if (height !== side || width !== side || size === 0) {
    throw new GradlensError(
      "GL2014",
      `${imagePath}: expected images of shape [n, ${side}, ${side}], found [${images.shape.join(", ")}]; use the canonical MNIST files`,
    );
  }
  if (labels.values.length !== size) {
    throw new GradlensError(
      "GL2015",
      `${labelPath}: expected ${size} labels, one for each image in ${imagePath}, found ${labels.values.length}; use a pair of the same set`,
    );
  }
  const wrong = labels.values.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new GradlensError(
      "GL2016",
      `${labelPath}: expected labels 0 to 9, found ${labels.values[wrong]} at position ${wrong}; use the canonical MNIST files`,
    );
  }
  return { size, images: images.values, labels: labels.values };
}

function toSplit({ images, labels }: Pair, start: number, end: number): Split {
  const length = side * side;
  const bytes = images.subarray(start * length, end * length);
  const values = new Float32Array(bytes.length);
  for (let index = 0; index < bytes.length; index++) {
    values[index] = (bytes[index] as number) / 255;
  }
  const classOf = labels.subarray(start, end);
  const inputs = {
    x: { shape: [length], image: [side, side] as const, values },
    label: { shape: [classes], values: oneHot(classOf, classes) },
  };
  return makeSplit(end - start, inputs, Uint8Array.from(classOf));
}
