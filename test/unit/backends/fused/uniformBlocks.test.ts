import assert from "node:assert/strict";
import { test } from "node:test";
import { fusedUniformBlocks } from "../../../../core/backends/fused/uniformBlocks";
import { useBackend } from "../../../../core/backends/registry";
import type { Key } from "../../../../core/random/threefry";
import { fillUniform } from "../../../../core/random/uniform";

for (const backend of ["wasm", "cpu"]) {
  test(`uniforms on ${backend} have the bits of the reference for every length`, async () => {
    await useBackend(backend);
    const keys: Key[] = [
      [0, 0],
      [1, 2],
      [0xffffffff, 0x80000000],
      [123456789, 987654321],
    ];
    for (const block of [1, 2, 7, 8, 9, 16, 1001, 20_000]) {
      const expected = new Float32Array(keys.length * block);
      keys.forEach((key, i) => fillUniform(key, expected, i * block, block));
      const found = fusedUniformBlocks(keys, [keys.length, block])!;
      assert.deepEqual(found.dataSync(), expected);
      found.dispose();
    }
  });
}
