import { promisify } from "node:util";
import { inflate } from "node:zlib";

import { GradlensError } from "../errors";
import { hex, readDataFile } from "./files";

const inflateAsync = promisify(inflate);

type MatValues =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** A real, dense numeric variable, in the order MATLAB stores it: first axis fastest. */
export interface MatArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly columnMajor: MatValues;
}

interface Element {
  readonly type: number;
  readonly data: Uint8Array;
  readonly next: number;
}

const miMATRIX = 14;
const miCOMPRESSED = 15;

/** Storage types: bytes of one value and how to read them. */
const storage: Readonly<Record<number, { bytes: number; make(length: number): MatValues; read: keyof DataView }>> = {
  1: { bytes: 1, make: (length) => new Int8Array(length), read: "getInt8" },
  2: { bytes: 1, make: (length) => new Uint8Array(length), read: "getUint8" },
  3: { bytes: 2, make: (length) => new Int16Array(length), read: "getInt16" },
  4: { bytes: 2, make: (length) => new Uint16Array(length), read: "getUint16" },
  5: { bytes: 4, make: (length) => new Int32Array(length), read: "getInt32" },
  6: { bytes: 4, make: (length) => new Uint32Array(length), read: "getUint32" },
  7: { bytes: 4, make: (length) => new Float32Array(length), read: "getFloat32" },
  9: { bytes: 8, make: (length) => new Float64Array(length), read: "getFloat64" },
};

const classNames = [
  "unknown",
  "cell",
  "struct",
  "object",
  "char",
  "sparse",
  "double",
  "single",
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
];

/**
 * The named variables of a MATLAB v5 file (plain or compressed elements, either byte order). A variable's class and the
 * type it is stored in may differ (a double array of small integers is stored as bytes); both are understood.
 * Errors: a file of another version, cut short or damaged; a variable that is missing, complex, sparse or not numeric.
 */
export async function parseMat5(
  bytes: Uint8Array,
  file: string,
  names: readonly string[],
): Promise<Record<string, MatArray>> {
  const littleEndian = checkHeader(bytes, file);
  const found: Record<string, MatArray> = {};
  const others: string[] = [];
  for (let position = 128; position < bytes.length;) {
    const element = readElement(bytes, position, littleEndian, file);
    position = element.next;
    const matrix =
      element.type === miCOMPRESSED
        ? readElement(await inflateElement(element.data, file), 0, littleEndian, file)
        : element;
    if (matrix.type !== miMATRIX) {
      continue;
    }
    const name = matrixName(matrix.data, littleEndian, file);
    if (names.includes(name)) {
      found[name] = readMatrix(matrix.data, littleEndian, file);
    } else {
      others.push(name);
    }
  }
  for (const name of names) {
    if (found[name] === undefined) {
      const present = [...Object.keys(found), ...others];
      throw new GradlensError(
        "GL2023",
        `${file}: expected a variable ${name}, found ${present.length === 0 ? "no variables" : present.join(", ")}; use the file the data set's page names`,
      );
    }
  }
  return found;
}

/** Reads the named variables of a MATLAB v5 file. */
export async function readMat5(path: string, names: readonly string[]): Promise<Record<string, MatArray>> {
  return parseMat5(await readDataFile(path), path, names);
}

/** A two-axis variable `[rows, columns]` as numbers row after row. Works in tiles, which keeps both sides in the cache. */
export function rowMajor(array: MatArray): Float32Array {
  const [rows = 1, columns = 1] = array.shape;
  const values = new Float32Array(rows * columns);
  const tile = 32;
  for (let row0 = 0; row0 < rows; row0 += tile) {
    const rowEnd = Math.min(row0 + tile, rows);
    for (let column0 = 0; column0 < columns; column0 += tile) {
      const columnEnd = Math.min(column0 + tile, columns);
      for (let row = row0; row < rowEnd; row++) {
        for (let column = column0; column < columnEnd; column++) {
          values[row * columns + column] = array.columnMajor[column * rows + row] as number;
        }
      }
    }
  }
  return values;
}

/** Checks version and byte order; returns whether numbers are little-endian. */
function checkHeader(bytes: Uint8Array, file: string): boolean {
  const text = String.fromCharCode(...bytes.subarray(0, 116));
  if (text.startsWith("MATLAB 7.3") || text.startsWith("\x89HDF")) {
    throw new GradlensError(
      "GL2020",
      `${file}: expected a MATLAB v5 file, found version 7.3 (HDF5); save it again in MATLAB with the option -v7`,
    );
  }
  const order = String.fromCharCode(bytes[126] ?? 0, bytes[127] ?? 0);
  const version = order === "IM" ? bytes[125] : bytes[124];
  if (bytes.length < 128 || (order !== "IM" && order !== "MI") || version !== 1) {
    throw new GradlensError(
      "GL2020",
      `${file}: expected a MATLAB v5 file (header of 128 bytes ending in version 1 and IM or MI), found ${bytes.length === 0 ? "an empty file" : `${bytes.length} bytes that begin ${hex(bytes, 4)}`}; fetch it again`,
    );
  }
  return order === "IM";
}

/** The element at a position: its type, its bytes, and where the next one begins. */
function readElement(bytes: Uint8Array, position: number, littleEndian: boolean, file: string): Element {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (position + 8 > bytes.length) {
    throw cutShort(file, 8, bytes.length - position, position);
  }
  const first = view.getUint32(position, littleEndian);
  const small = first >>> 16;
  const type = small === 0 ? first : first & 0xffff;
  const length = small === 0 ? view.getUint32(position + 4, littleEndian) : small;
  const start = position + (small === 0 ? 8 : 4);
  if (start + length > bytes.length) {
    throw cutShort(file, length, bytes.length - start, start);
  }
  const padded = type === miCOMPRESSED ? length : Math.ceil(length / 8) * 8;
  return { type, data: bytes.subarray(start, start + length), next: small === 0 ? start + padded : position + 8 };
}

async function inflateElement(data: Uint8Array, file: string): Promise<Uint8Array> {
  try {
    return await inflateAsync(data);
  } catch (error) {
    throw new GradlensError(
      "GL2022",
      `${file}: expected a whole zlib stream of ${data.length} bytes, found damaged data; fetch it again`,
      { cause: error },
    );
  }
}

/** The three elements before a matrix's values: flags, dimensions, name. */
function matrixHead(
  data: Uint8Array,
  littleEndian: boolean,
  file: string,
): { flags: number; shape: number[]; name: string; next: number } {
  const flagsElement = readElement(data, 0, littleEndian, file);
  const shapeElement = readElement(data, flagsElement.next, littleEndian, file);
  const nameElement = readElement(data, shapeElement.next, littleEndian, file);
  if (flagsElement.data.length < 4 || shapeElement.data.length % 4 !== 0) {
    throw new GradlensError("GL2022", `${file}: expected a matrix header, found damaged data; fetch it again`);
  }
  const flags = viewOf(flagsElement.data).getUint32(0, littleEndian);
  const shapeView = viewOf(shapeElement.data);
  const shape = Array.from({ length: shapeElement.data.length / 4 }, (_, axis) =>
    shapeView.getInt32(4 * axis, littleEndian),
  );
  return { flags, shape, name: String.fromCharCode(...nameElement.data), next: nameElement.next };
}

function matrixName(data: Uint8Array, littleEndian: boolean, file: string): string {
  return data.length === 0 ? "" : matrixHead(data, littleEndian, file).name;
}

function readMatrix(data: Uint8Array, littleEndian: boolean, file: string): MatArray {
  const { flags, shape, name, next } = matrixHead(data, littleEndian, file);
  const kind = flags & 0xff;
  const complex = (flags & 0x0800) !== 0;
  if (kind < 6 || kind > 13 || complex) {
    throw new GradlensError(
      "GL2024",
      `${file}: expected variable ${name} to be a real numeric array, found class ${complex ? "complex " : ""}${classNames[kind] ?? kind}; save it as single or double`,
    );
  }
  const element = readElement(data, next, littleEndian, file);
  const format = storage[element.type];
  if (format === undefined) {
    throw new GradlensError(
      "GL2024",
      `${file}: expected variable ${name} in a storage type of at most 64-bit floats, found type ${element.type}; save it as single or double`,
    );
  }
  const expected = shape.reduce((product, axis) => product * axis, 1);
  const length = element.data.length / format.bytes;
  if (length !== expected) {
    throw new GradlensError(
      "GL2025",
      `${file}: expected ${expected} values in variable ${name} of shape [${shape.join(", ")}], found ${length}; fetch it again`,
    );
  }
  return { name, shape, columnMajor: decode(element.data, element.type, littleEndian) };
}

/** The bytes as numbers in memory of their own. */
function decode(data: Uint8Array, type: number, littleEndian: boolean): MatValues {
  const format = storage[type] as (typeof storage)[number];
  const values = format.make(data.length / format.bytes);
  const hostLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  if (format.bytes === 1 || littleEndian === hostLittleEndian) {
    new Uint8Array(values.buffer).set(data);
    return values;
  }
  const view = viewOf(data);
  const read = view[format.read] as (offset: number, littleEndian: boolean) => number;
  for (let index = 0; index < values.length; index++) {
    values[index] = read.call(view, index * format.bytes, littleEndian);
  }
  return values;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function cutShort(file: string, expected: number, found: number, position: number): GradlensError {
  return new GradlensError(
    "GL2021",
    `${file}: expected ${expected} bytes at offset ${position}, found ${Math.max(0, found)}; the file is cut short or damaged, fetch it again`,
  );
}
