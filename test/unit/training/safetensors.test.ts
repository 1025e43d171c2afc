import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeSafetensors, encodeSafetensors } from "../../../core/training/safetensors";

const tensors = {
  "encode/weight": { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, NaN, Infinity) },
  scalar: { shape: [], values: Float32Array.of(7) },
  empty: { shape: [0], values: new Float32Array(0) },
};

test("what is written is read back bit by bit, with its metadata", () => {
  const { tensors: found, metadata } = decodeSafetensors(
    encodeSafetensors(tensors, { step: "12", model: "Größe" }),
    "file",
  );
  assert.deepEqual(found, tensors);
  assert.deepEqual(metadata, { step: "12", model: "Größe" });
});

test("the header is JSON behind its length, padded so that data begin at a multiple of eight bytes", () => {
  const bytes = encodeSafetensors(tensors, {});
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(length % 8, 0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown>;
  assert.deepEqual(header["encode/weight"], { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] });
  assert.equal(bytes.length, 8 + length + 28);
});

test("bits that no number has, such as those of a double in two halves, survive", () => {
  const values = new Float32Array(new Float64Array([Math.PI, 1e-300, -5]).buffer);
  const { tensors: found } = decodeSafetensors(encodeSafetensors({ moments: { shape: [6], values } }, {}), "file");
  assert.deepEqual([...new Float64Array(found["moments"]!.values.slice().buffer)], [Math.PI, 1e-300, -5]);
});

test("a file that is no checkpoint is refused with what was found", () => {
  const good = encodeSafetensors(tensors, {});
  const refused = (bytes: Uint8Array, found: string): void =>
    assert.throws(() => decodeSafetensors(bytes, "f.safetensors"), {
      code: "GL1601",
      message: `f.safetensors is no checkpoint: expected a safetensors file, found ${found}; use another checkpoint`,
    });
  refused(new Uint8Array(3), "3 bytes");
  refused(good.slice(0, 40), "a header longer than the file");
  refused(good.slice(0, -4), "a file cut short at tensor scalar");
  const noJson = good.slice();
  noJson[8] = 0x21;
  refused(noJson, "a header that is no JSON");
  const text = new TextDecoder("latin1").decode(good).replace(`"F32"`, `"F16"`);
  refused(
    Uint8Array.from(text, (character) => character.charCodeAt(0)),
    "tensor encode/weight of type F16 where F32 is expected",
  );
});
