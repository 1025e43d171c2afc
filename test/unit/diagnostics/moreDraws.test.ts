import assert from "node:assert/strict";
import { test } from "node:test";
import { moreDraws } from "../../../core/diagnostics/moreDraws";

test("an interval that reaches twice as far as the margin needs four times the draws", () => {
  assert.equal(moreDraws(0.01, [0, 0.09], 0.05, 1000), 3000);
  assert.equal(moreDraws(0.09, [0.01, 0.2], 0.05, 1000), 3000);
});

test("an estimate on the margin, an unknown one and one without an interval say nothing", () => {
  assert.equal(moreDraws(0.05, [0.01, 0.09], 0.05, 1000), null);
  assert.equal(moreDraws(null, [0, 1], 0.05, 1000), null);
  assert.equal(moreDraws(0.01, null, 0.05, 1000), null);
});

test("what is nearly decided asks for a tenth of the draws, in two digits", () => {
  assert.equal(moreDraws(0.01, [0, 0.0501], 0.05, 1234), 130);
});
