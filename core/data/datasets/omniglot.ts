import { GradlensError } from "../../errors";
import type { DatasetDescription, Split } from "../dataset";
import { findDataFile } from "../files";
import { readMat5, type MatArray } from "../mat5";
import { limitSplit, makeSplit } from "../split";

const side = 28;

/** Omniglot (Lake et al., 2015) scaled to 28×28, from a file in the layout of Burda et al.'s chardata.mat. */
export const omniglot: DatasetDescription = {
  id: "omniglot",
  title: "Omniglot",
  summary:
    "28×28 handwritten characters of many alphabets, grey values drawn as 0 or 1 at every visit; train and test as the file splits them",
  needsFiles: ["omniglot/chardata.mat"],
  async load({ folder, limit }) {
    const path = findDataFile("omniglot", folder, ["omniglot", "omniglot-small", ""], ["chardata.mat"]);
    const { data, testdata } = await readMat5(path, ["data", "testdata"]);
    return {
      id: "omniglot",
      train: limitSplit(toSplit(path, data as MatArray), limit),
      valid: null,
      test: limitSplit(toSplit(path, testdata as MatArray), limit),
      binarization: "stochastic",
    };
  },
};

/** Columns of 784 are images, and stored column after column: already row after row of examples. */
function toSplit(path: string, { name, shape, columnMajor }: MatArray): Split {
  const length = side * side;
  if (shape.length !== 2 || shape[0] !== length) {
    throw new GradlensError(
      "GL2026",
      `${path}: expected variable ${name} of shape [${length}, n], found [${shape.join(", ")}]; use the file chardata.mat of the importance-weighted autoencoder's authors`,
    );
  }
  const values = Float32Array.from(columnMajor);
  const wrong = values.findIndex((value) => !(value >= 0 && value <= 1));
  if (wrong >= 0) {
    throw new GradlensError(
      "GL2027",
      `${path}: expected values in [0, 1] in ${name}, found ${values[wrong]} in column ${Math.floor(wrong / length) + 1}; divide them by their largest`,
    );
  }
  return makeSplit(shape[1] as number, { x: { shape: [length], image: [side, side], values } });
}
