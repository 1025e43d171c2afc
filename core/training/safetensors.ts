import { GradlensError } from "../errors";

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Float32 tensors and string metadata as a safetensors file: length of the header (8 bytes), header (JSON), data, little-endian. */
export function encodeSafetensors(
  tensors: Readonly<Record<string, NamedTensor>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8; // data aligned to 8 bytes; the header is padded with spaces
  const bytes = new Uint8Array(8 + padded + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.fill(0x20, 8, 8 + padded);
  bytes.set(text, 8);
  let at = 8 + padded;
  for (const { values } of Object.values(tensors)) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/** @throws GL1601 naming the file when it is no safetensors file of float32 tensors */
export function decodeSafetensors(
  bytes: Uint8Array,
  file: string,
): { readonly tensors: Readonly<Record<string, NamedTensor>>; readonly metadata: Readonly<Record<string, string>> } {
  const wrong = (found: string): GradlensError =>
    new GradlensError(
      "GL1601",
      `${file} is no checkpoint: expected a safetensors file, found ${found}; use another checkpoint`,
    );
  if (bytes.length < 8) throw wrong(`${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) throw wrong("a header longer than the file");
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown>;
  } catch {
    throw wrong("a header that is no JSON");
  }
  // A Buffer's slice shares memory with the file, so offsets count from where that begins.
  const data = bytes.subarray(8 + length);
  const tensors: Record<string, NamedTensor> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const {
      dtype,
      shape,
      data_offsets: [start, end],
    } = value as Entry;
    const size = shape.reduce((product, axis) => product * axis, 1);
    if (dtype !== "F32") throw wrong(`tensor ${name} of type ${dtype} where F32 is expected`);
    if (end > data.length || end - start !== size * 4) throw wrong(`a file cut short at tensor ${name}`);
    tensors[name] = { shape, values: copyFloats(data, start, end) };
  }
  return { tensors, metadata: (header["__metadata__"] as Record<string, string> | undefined) ?? {} };
}

function copyFloats(data: Uint8Array, start: number, end: number): Float32Array {
  const values = new Float32Array((end - start) / 4);
  new Uint8Array(values.buffer).set(data.subarray(start, end));
  return values;
}
