import { GradlensError } from "../errors";
import { hex, readMaybeGzip } from "./files";

/** An array of unsigned bytes as the IDX format holds it, row-major. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const typeNames: Readonly<Record<number, string>> = {
  0x09: "int8",
  0x0b: "int16",
  0x0c: "int32",
  0x0d: "float32",
  0x0e: "float64",
};

/**
 * Reads the IDX format of MNIST: two zero bytes, type (8 = uint8), number of axes, each axis as a big-endian 32-bit
 * number, then the values. `file` names the source in errors; with `axes` given, another number of axes is refused.
 */
export function parseIdx(bytes: Uint8Array, file: string, axes?: number): IdxArray {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[3] === 0) {
    throw new GradlensError(
      "GL2010",
      `${file}: expected an IDX file (first bytes 00 00 08), found ${bytes.length === 0 ? "an empty file" : hex(bytes, 4)}; fetch it again`,
    );
  }
  const type = bytes[2] as number;
  if (type !== 0x08) {
    throw new GradlensError(
      "GL2011",
      `${file}: expected an IDX file of uint8 values (type 08), found ${typeNames[type] ?? "unknown type"} (${hex(bytes.subarray(2), 1)}); use the canonical MNIST files`,
    );
  }
  const rank = bytes[3] as number;
  if (axes !== undefined && rank !== axes) {
    throw new GradlensError(
      "GL2012",
      `${file}: expected an IDX array of ${axes} axes, found ${rank}; are images and labels swapped?`,
    );
  }
  const header = 4 + 4 * rank;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) =>
    4 * axis + 8 <= bytes.length ? view.getUint32(4 + 4 * axis, false) : 0,
  );
  const expected = header + shape.reduce((product, axis) => product * axis, 1);
  if (bytes.length !== expected) {
    throw new GradlensError(
      "GL2013",
      `${file}: expected ${expected} bytes for shape [${shape.join(", ")}], found ${bytes.length}; ${bytes.length < expected ? "the file is cut short, fetch it again" : "fetch it again"}`,
    );
  }
  return { shape, values: bytes.subarray(header) };
}

/** Reads an IDX file, gzip or raw. */
export async function readIdx(path: string, axes?: number): Promise<IdxArray> {
  return parseIdx(await readMaybeGzip(path), path, axes);
}
