import assert from "node:assert/strict";
import { test } from "node:test";
import { sparklineSvg } from "../../../../extension/inline/sparkline";

test("a sparkline is drawn on a logarithmic axis with a dot at the newest value", () => {
  const svg = sparklineSvg([1, 10, 100], "#123456");
  const points = /<path d="([^"]+)"/.exec(svg)?.[1];
  assert.equal(points, "M1.0 11.0L22.5 7.0L44.0 3.0");
  assert.match(svg, /<circle cx="44.0" cy="3.0"[^>]*fill="#123456"/);
});

test("an unknown value is a gap", () => {
  assert.match(sparklineSvg([1, 2, null, 3, 4], "red"), /d="M[^M]+L[^M]+M[^M]+L[^M]+"/);
});

test("fewer than two known values give no picture", () => {
  assert.equal(sparklineSvg([null, 3, 0], "red"), "");
});
