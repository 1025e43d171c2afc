/** What one record of an event file says; exactly one of the last three. */
export interface EventRecord {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step?: number;
  readonly fileVersion?: string;
  readonly scalar?: { readonly tag: string; readonly value: number };
  /** The writer started here. */
  readonly sessionStart?: boolean;
}

/**
 * A `tensorflow.Event` in protocol buffers' wire format.
 *
 * Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; SessionLog session_log = 7 },
 * Summary { repeated Value value = 1 }, Value { string tag = 1; float simple_value = 2 }, SessionLog { enum status = 1, START = 1 }.
 * Reference: tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto
 */
export function encodeEvent({ wallTime, step, fileVersion, scalar, sessionStart }: EventRecord): Uint8Array {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setFloat64(0, wallTime, true);
  return join([
    [tag(1, FIXED64), time],
    step === undefined ? [] : [tag(2, VARINT), varint(step)],
    fileVersion === undefined ? [] : bytes(3, new TextEncoder().encode(fileVersion)),
    scalar === undefined ? [] : bytes(5, join([bytes(1, encodeValue(scalar.tag, scalar.value))])),
    sessionStart ? bytes(7, join([[tag(1, VARINT), varint(1)]])) : [],
  ]);
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

function encodeValue(name: string, value: number): Uint8Array {
  const float = new Uint8Array(4);
  new DataView(float.buffer).setFloat32(0, value, true);
  return join([bytes(1, new TextEncoder().encode(name)), [tag(2, FIXED32), float]]);
}

function bytes(field: number, content: Uint8Array): Uint8Array[] {
  return [tag(field, LENGTH_DELIMITED), varint(content.length), content];
}

function tag(field: number, wireType: number): Uint8Array {
  return varint((field << 3) | wireType);
}

/** Seven bits a byte, lowest first; the top bit says that more follow. */
function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Uint8Array.from([...out, rest]);
}

function join(fields: readonly (readonly Uint8Array[])[]): Uint8Array {
  return Uint8Array.from(fields.flat().flatMap((part) => [...part]));
}
