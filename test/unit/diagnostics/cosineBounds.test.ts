import assert from "node:assert/strict";
import { test } from "node:test";
import { cosine, cosineBounds } from "../../../core/diagnostics/cosineBounds";

test("a bias along the gradient leaves the cosine at 1, one against it at 1 until it turns the gradient round", () => {
  assert.equal(cosine(0.3, 0.3), 1);
  assert.equal(cosine(-0.3, 0.3), 1);
  assert.equal(cosine(-1.5, 1.5), -1);
});

test("a bias across the gradient turns it by its share", () => {
  assert.ok(Math.abs(cosine(0, 1)! - Math.SQRT1_2) < 1e-12);
});

test("the bounds hold the cosine of every bias within the ratio and projection given", () => {
  const ratio = [0.2, 0.6] as const;
  const projection = [-0.5, 0.3] as const;
  const [low, high] = cosineBounds(ratio, projection)!;
  for (let i = 0; i <= 40; i++) {
    const rho = ratio[0] + ((ratio[1] - ratio[0]) * i) / 40;
    for (let j = 0; j <= 40; j++) {
      const p =
        Math.max(-rho, projection[0]) + ((Math.min(rho, projection[1]) - Math.max(-rho, projection[0])) * j) / 40;
      const value = cosine(p, rho)!;
      assert.ok(value >= low - 1e-9 && value <= high + 1e-9, `${value} outside [${low}, ${high}]`);
    }
  }
});

test("the cosine is unknown where the estimator's mean may be zero", () => {
  assert.equal(cosineBounds([0.5, 1.2], [-1.1, 0]), null);
  assert.equal(cosine(-1, 1), null);
  assert.equal(cosineBounds([1, 1], [-1, -1]), null);
});
