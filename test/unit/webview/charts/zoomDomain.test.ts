import assert from "node:assert/strict";
import { test } from "node:test";
import { clampDomain, panDomain, zoomDomain } from "../../../../webview/charts/zoomDomain";

const extent = [0, 1000] as const;

test("zooming keeps the step under the pointer in its place", () => {
  const zoomed = zoomDomain([200, 600], 0.5, 300, extent)!;
  assert.deepEqual(zoomed, [250, 450]);
  assert.equal((300 - zoomed[0]) / (zoomed[1] - zoomed[0]), (300 - 200) / (600 - 200));
});

test("zooming out over everything means no zoom", () => {
  assert.equal(zoomDomain([200, 900], 4, 500, extent), null);
});

test("zooming in ends at a few steps", () => {
  const [low, high] = zoomDomain([10, 20], 1e-6, 15, extent)!;
  assert.ok(high - low >= 4);
});

test("panning stops at the ends and keeps the span", () => {
  assert.deepEqual(panDomain([800, 900], 500, extent), [900, 1000]);
  assert.deepEqual(panDomain([100, 200], -500, extent), [0, 100]);
  assert.deepEqual(clampDomain([-50, 50], extent), [0, 100]);
});
