import { GradlensError } from "../../errors";
import { csvNumber, parseCsv } from "../csv";
import type { DatasetDescription, Split } from "../dataset";
import { findDataFile, readDataFile } from "../files";
import { deriveKey, permutation } from "../random";
import { limitSplit, makeSplit } from "../split";

const features = 30;
const trainShare = 0.8;

/** Breast Cancer Wisconsin (Diagnostic), UCI: 30 features of a cell sample, y = 1 when malignant. */
export const wdbc: DatasetDescription = {
  id: "wdbc",
  title: "Breast Cancer Wisconsin (Diagnostic)",
  summary:
    "569 examples of 30 features, standardised by the training part's mean and deviation, y = 1 when malignant; 80 % train, 20 % test by the seed",
  needsFiles: ["wdbc/wdbc.data"],
  async load({ folder, seed, limit }) {
    const path = findDataFile("wdbc", folder, ["wdbc", ""], ["wdbc.data"]);
    const { x, y } = readTable(new TextDecoder().decode(await readDataFile(path)), path);
    const order = permutation(y.length, deriveKey(seed, 0x3dbc));
    const boundary = Math.floor(trainShare * y.length);
    const trainRows = order.subarray(0, boundary);
    standardise(x, trainRows);
    return {
      id: "wdbc",
      train: limitSplit(select(x, y, trainRows), limit),
      valid: null,
      test: limitSplit(select(x, y, order.subarray(boundary)), limit),
      binarization: "none",
    };
  },
};

interface Table {
  readonly x: Float64Array;
  readonly y: Uint8Array;
}

function readTable(text: string, path: string): Table {
  const rows = parseCsv(text, path, features + 2);
  const x = new Float64Array(rows.length * features);
  const y = new Uint8Array(rows.length);
  rows.forEach((row, index) => {
    const diagnosis = row[1];
    if (diagnosis !== "M" && diagnosis !== "B") {
      throw new GradlensError(
        "GL2033",
        `${path}: expected a diagnosis M or B in row ${index + 1}, column 2, found ${JSON.stringify(diagnosis)}; fetch the file again`,
      );
    }
    y[index] = diagnosis === "M" ? 1 : 0;
    for (let feature = 0; feature < features; feature++) {
      x[index * features + feature] = csvNumber(row[feature + 2], path, index + 1, feature + 3);
    }
  });
  return { x, y };
}

/** Subtracts the mean and divides by the standard deviation that the given rows have; constant features become 0. */
function standardise(x: Float64Array, rows: Uint32Array): void {
  for (let feature = 0; feature < features; feature++) {
    const column = Array.from(rows, (row) => x[row * features + feature] as number);
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
    const inverse = variance > 0 ? 1 / Math.sqrt(variance) : 0;
    for (let index = feature; index < x.length; index += features) {
      x[index] = ((x[index] as number) - mean) * inverse;
    }
  }
}

function select(x: Float64Array, y: Uint8Array, rows: Uint32Array): Split {
  const values = new Float32Array(rows.length * features);
  rows.forEach((row, index) => values.set(x.subarray(row * features, (row + 1) * features), index * features));
  return makeSplit(rows.length, {
    x: { shape: [features], values },
    y: { shape: [1], values: Float32Array.from(rows, (row) => y[row] as number) },
  });
}
