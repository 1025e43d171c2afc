import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { Noise, type NoiseLayout } from "../../../core/random/noise";

const layout: NoiseLayout = { seed: 3, step: 5, numSamples: 2, numRows: 6, replicates: 2, firstReplicate: 0 };
const shape = [3];

/** `[sample][replicate]` blocks of rows of a node's uniforms. */
function blocks(changes: Partial<NoiseLayout> = {}, node = "h", stream = 0): number[][][] {
  const { numSamples, numRows, replicates } = { ...layout, ...changes };
  const values = tf.tidy(() => new Noise({ ...layout, ...changes }).uniform(node, shape, stream).dataSync());
  const size = (numRows / replicates) * 3;
  return Array.from({ length: numSamples }, (_, s) =>
    Array.from({ length: replicates }, (__, r) =>
      [...values].slice((s * replicates + r) * size, (s * replicates + r + 1) * size),
    ),
  );
}

for (const backend of ["cpu", "wasm"]) {
  describe(`noise on ${backend}`, () => {
    before(() => useBackend(backend));

    test("the same layout gives the same numbers, all inside (0, 1)", () => {
      const first = blocks();
      assert.deepEqual(blocks(), first);
      for (const u of first.flat(2)) assert.ok(u > 0 && u < 1);
    });

    test("more samples leave the first samples' noise as it was", () => {
      assert.deepEqual(blocks({ numSamples: 5 }).slice(0, 2), blocks());
    });

    test("more replicates leave the first replicates' noise as it was", () => {
      const more = blocks({ replicates: 4, numRows: 12 });
      assert.deepEqual(
        more.map((sample) => sample.slice(0, 2)),
        blocks(),
      );
    });

    test("more examples leave the first examples' noise as it was", () => {
      const more = blocks({ numRows: 10 });
      const first = more.map((sample) => sample.map((block) => block.slice(0, 9)));
      assert.deepEqual(first, blocks());
    });

    test("examples drawn a part at a time get the noise of all together", () => {
      const whole = blocks({ numRows: 10 });
      const part = blocks({ numRows: 4, examples: { first: 2, of: 5 } });
      assert.deepEqual(
        part,
        whole.map((sample) => sample.map((block) => block.slice(6, 12))),
      );
    });

    test("measurements in parts give the replicates of one measurement", () => {
      const whole = blocks({ replicates: 4, numRows: 12 });
      const later = blocks({ firstReplicate: 2 });
      assert.deepEqual(
        whole.map((sample) => sample.slice(2)),
        later,
      );
    });

    test("seed, step, node and stream each change the noise", () => {
      const first = blocks().flat(2).join();
      for (const other of [blocks({ seed: 4 }), blocks({ step: 6 }), blocks({}, "g"), blocks({}, "h", 1)]) {
        assert.notEqual(other.flat(2).join(), first);
      }
    });
  });
}

test("cpu and wasm give the same noise bit for bit", async () => {
  await useBackend("cpu");
  const cpu = blocks({ numRows: 14 });
  await useBackend("wasm");
  assert.deepEqual(blocks({ numRows: 14 }), cpu);
});

test("ten thousand uniforms have the mean, variance and lag correlation of independent ones", async () => {
  await useBackend("cpu");
  const noise = new Noise({ seed: 0, step: 0, numSamples: 1, numRows: 1, replicates: 1, firstReplicate: 0 });
  const u = [...tf.tidy(() => noise.uniform("h", [10_000]).dataSync())];
  const n = u.length;
  const mean = u.reduce((total, value) => total + value / n, 0);
  const lagged = u.slice(1).reduce((total, value, i) => total + ((value - 0.5) * (u[i]! - 0.5)) / n, 0);
  const variance = u.reduce((total, value) => total + (value - 0.5) ** 2 / n, 0);
  // Four standard errors each; the seed is fixed.
  assert.ok(Math.abs(mean - 0.5) < 4 * Math.sqrt(1 / 12 / n));
  assert.ok(Math.abs(variance - 1 / 12) < 4 * Math.sqrt(1 / 180 / n));
  assert.ok(Math.abs(lagged) < 4 / 12 / Math.sqrt(n));
});
