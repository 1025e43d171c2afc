import { deflateSync } from "node:zlib";

/** A variable to write: values in column-major order. */
export interface MatVariable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** Array class: 6 double, 7 single, 9 uint8, 12 int32, 1 cell … */
  readonly kind: number;
  /** Storage type: 2 uint8, 5 int32, 7 single, 9 double. */
  readonly storage: number;
  readonly complex?: boolean;
}

/** Writes a MATLAB v5 file by hand, from the published format. */
export function matFile(
  variables: readonly MatVariable[],
  { littleEndian = true, compressed = true }: { littleEndian?: boolean; compressed?: boolean } = {},
): Uint8Array {
  const header = new Uint8Array(128).fill(32);
  header.set(new TextEncoder().encode("MATLAB 5.0 MAT-file, written by a test"));
  new DataView(header.buffer).setUint16(124, 0x0100, littleEndian);
  header.set(new TextEncoder().encode(littleEndian ? "IM" : "MI"), 126);
  const elements = variables.map((variable) => {
    const matrix = element(14, concat(matrixParts(variable, littleEndian)), littleEndian);
    return compressed ? concat([tag(15, deflateSync(matrix).length, littleEndian), deflateSync(matrix)]) : matrix;
  });
  return concat([header, ...elements]);
}

function matrixParts(
  { name, shape, values, kind, storage, complex }: MatVariable,
  littleEndian: boolean,
): Uint8Array[] {
  return [
    element(6, numbers([kind | (complex ? 0x800 : 0), 0], 6, littleEndian), littleEndian),
    element(5, numbers(shape, 5, littleEndian), littleEndian),
    element(1, new TextEncoder().encode(name), littleEndian),
    element(storage, numbers(values, storage, littleEndian), littleEndian),
  ];
}

function numbers(values: readonly number[], storage: number, littleEndian: boolean): Uint8Array {
  const size = { 2: 1, 5: 4, 6: 4, 7: 4, 9: 8 }[storage] ?? 1;
  const view = new DataView(new ArrayBuffer(values.length * size));
  values.forEach((value, index) => {
    if (storage === 9) view.setFloat64(8 * index, value, littleEndian);
    else if (storage === 7) view.setFloat32(4 * index, value, littleEndian);
    else if (size === 4) view.setInt32(4 * index, value, littleEndian);
    else view.setUint8(index, value);
  });
  return new Uint8Array(view.buffer);
}

/** Up to four bytes use the small format, as MATLAB writes it. */
function element(type: number, data: Uint8Array, littleEndian: boolean): Uint8Array {
  if (type !== 14 && data.length > 0 && data.length <= 4) {
    const small = new Uint8Array(8);
    new DataView(small.buffer).setUint32(0, (data.length << 16) | type, littleEndian);
    small.set(data, 4);
    return small;
  }
  const padding = new Uint8Array((8 - (data.length % 8)) % 8);
  return concat([tag(type, data.length, littleEndian), data, padding]);
}

function tag(type: number, length: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, type, littleEndian);
  new DataView(bytes.buffer).setUint32(4, length, littleEndian);
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
