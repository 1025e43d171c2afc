import { GradlensError } from "../../errors";
import type { DatasetDescription, Split } from "../dataset";
import { findDataFile } from "../files";
import { readMat5, rowMajor } from "../mat5";
import { limitSplit, makeSplit } from "../split";

const side = 28;
const fileName = (part: string) => `binarized_mnist_${part}.mat`;
const parts = ["train", "valid", "test"] as const;

/** Static binarized MNIST in the split of Larochelle and Murray (2011). */
export const binarizedMnist: DatasetDescription = {
  id: "binarized-mnist",
  title: "Binarized MNIST",
  summary: "28×28 handwritten digits, binarised once (Larochelle and Murray); 50 000 train, 10 000 valid, 10 000 test",
  needsFiles: parts.map((part) => `binarized-mnist/${fileName(part)}`),
  async load({ folder, limit }) {
    const paths = parts.map((part) =>
      findDataFile("binarized-mnist", folder, ["binarized-mnist", ""], [fileName(part)]),
    ) as [string, string, string];
    const train = limitSplit(await readPart(paths[0]), limit);
    const valid = limitSplit(await readPart(paths[1]), limit);
    const test = limitSplit(await readPart(paths[2]), limit);
    return { id: "binarized-mnist", train, valid, test, binarization: "none" };
  },
};

async function readPart(path: string): Promise<Split> {
  const { X } = await readMat5(path, ["X"]);
  const length = side * side;
  if (X === undefined || X.shape.length !== 2 || X.shape[1] !== length) {
    throw new GradlensError(
      "GL2026",
      `${path}: expected variable X of shape [n, ${length}], found [${X?.shape.join(", ") ?? ""}]; use the binarized MNIST files`,
    );
  }
  const values = rowMajor(X);
  const wrong = values.findIndex((value) => value !== 0 && value !== 1);
  if (wrong >= 0) {
    throw new GradlensError(
      "GL2027",
      `${path}: expected values 0 and 1 in X, found ${values[wrong]} in row ${Math.floor(wrong / length) + 1}; use the binarized MNIST files`,
    );
  }
  return makeSplit(X.shape[0] as number, { x: { shape: [length], image: [side, side], values } });
}
