import assert from "node:assert/strict";
import { test } from "node:test";
import { fusedCategoricalDraw } from "../../../../core/backends/fused/categoricalDraw";
import { fusedGammaProposals } from "../../../../core/backends/fused/gammaProposals";
import { fusedQuantiles, type StandardKind } from "../../../../core/backends/fused/standardQuantiles";
import { useBackend } from "../../../../core/backends/registry";
import { tf } from "../../../../core/backends/tf";
import { plainCategoricalDraw } from "../../../../core/distributions/categoricalDraw";
import { plainGammaProposals } from "../../../../core/distributions/gammaSampler";
import { standardQuantiles } from "../../../../core/distributions/standardDraw";
import { fillUniform } from "../../../../core/random/uniform";

const cell = 2 ** -23;

/** Uniforms as noise makes them, the ends of (0, 1) and of the quantiles' pieces among them. */
function uniforms(n: number, seed: number): Float32Array {
  const out = new Float32Array(n);
  fillUniform([seed, 7], out);
  const edges = [0.5, 1.5, 2 ** 22 - 0.5, 2 ** 22 + 0.5, 2 ** 23 - 0.5, 0.075 / cell, 0.925 / cell];
  edges.forEach((edge, i) => {
    if (i < n) out[i] = (Math.floor(edge) + 0.5) * cell;
  });
  return out;
}

for (const backend of ["wasm", "cpu"]) {
  for (const kind of Object.keys(standardQuantiles) as StandardKind[]) {
    test(`${kind} quantiles on ${backend} have the bits of the plain code for every length`, async () => {
      await useBackend(backend);
      for (const n of [1, 2, 3, 8, 1001, 100_000]) {
        const u = tf.tensor1d(uniforms(n, n));
        const found = fusedQuantiles(kind, u)!;
        assert.deepEqual(found.dataSync(), Float32Array.from(u.dataSync(), standardQuantiles[kind]));
        tf.dispose([u, found]);
      }
    });
  }

  test(`categorical draws on ${backend} are those of the plain code, for logits that start over or not`, async () => {
    await useBackend(backend);
    for (const K of [1, 2, 3, 10, 17]) {
      for (const leading of [[], [1, 1], [1, 50], [2, 50]]) {
        const u = tf.tensor(uniforms(2 * 50 * 3 * K, K), [2, 50, 3, K]);
        const logits = tf.tidy(() =>
          tf.tensor(
            uniforms(
              leading.reduce((size, axis) => size * axis, 3 * K),
              3,
            ).map((x) => 8 * x - 4),
            [...leading, 3, K],
          ),
        );
        const all = tf.broadcastTo(logits, u.shape);
        const found = fusedCategoricalDraw(logits, u)!;
        assert.deepEqual(found.dataSync(), plainCategoricalDraw(all, u));
        tf.dispose([u, logits, all, found]);
      }
    }
  });
}

test("gamma proposals have the bits of the plain code, shapes that make no distribution among them", () => {
  for (const n of [1, 2, 3, 1001, 50_000]) {
    const shapes = uniforms(n, 5).map((u, i) => (i % 97 === 13 ? -1 : i % 89 === 7 ? NaN : 0.05 + 6 * u * u));
    const [fused, plain] = [fusedGammaProposals(shapes)!, plainGammaProposals(shapes)];
    for (let attempt = 0; attempt < 4; attempt++) {
      const [x, u] = [uniforms(n, 10 + attempt), uniforms(n, 20 + attempt)];
      assert.equal(fused.attempt(x, u), plain.attempt(x, u));
    }
    assert.deepEqual([...fused.values()], [...plain.values()]); // as arrays: NaN equals itself there
  }
});
