import assert from "node:assert/strict";
import { test } from "node:test";
import { annotate, parameterText, upstreamShare } from "../../../../extension/inline/annotations";
import { beliefNet, parameterVariance } from "../snapshots";

test("a dense layer shows weight and bias, a parameter its own variance, a sample its estimator", () => {
  const lines = annotate(beliefNet());
  assert.deepEqual(
    lines.map(({ sourceLine, text }) => [sourceLine, text]),
    [
      [3, "weight variance 6.0e-3 [5.4, 9.6]e-3 · SNR 3.1 | bias variance 2.0e-3 [1.8, 3.2]e-3 · SNR 3.1"],
      [4, "variance 1.0e-3 [0.90, 1.6]e-3 · SNR 3.1"],
      [5, "variance 1.0e-3 [0.90, 1.6]e-3 · SNR 3.1"],
      [8, "muprop-c · 80 % of the variance upstream"],
    ],
  );
});

test("too few draws are shown as unknown", () => {
  const variance = parameterVariance("prior", null);
  assert.equal(parameterText({ label: "", variance }), "variance unknown");
  const run = beliefNet({ variance: [{ step: 1, elapsedMs: 1, parameters: [variance] }] });
  assert.equal(annotate(run).find(({ sourceLine }) => sourceLine === 5)?.level, "unknown");
});

test("an interval shares the exponent of its value", () => {
  const variance = parameterVariance("prior", 1.234e-5);
  assert.equal(parameterText({ label: "", variance }), "variance 1.2e-5 [1.1, 2.0]e-5 · SNR 3.1");
});

test("one estimate that is mostly noise marks its line", () => {
  const parameters = [parameterVariance("prior", 1, { snr: 0.02 })];
  const run = beliefNet({ variance: [{ step: 1, elapsedMs: 1, parameters }] });
  assert.equal(annotate(run).find(({ sourceLine }) => sourceLine === 5)?.level, "lowSnr");
});

test("a mean that is not told from 0 has an unknown ratio, and marks its line", () => {
  const variance = parameterVariance("prior", 1, { snr: null });
  assert.match(parameterText({ label: "", variance }), / · SNR unknown$/);
  const run = beliefNet({ variance: [{ step: 1, elapsedMs: 1, parameters: [variance] }] });
  assert.equal(annotate(run).find(({ sourceLine }) => sourceLine === 5)?.level, "lowSnr");
});

test("one noisy record among quiet ones does not mark a line", () => {
  const record = (step: number, snr: number) => ({
    step,
    elapsedMs: 1,
    parameters: [parameterVariance("prior", 1, { snr })],
  });
  const run = beliefNet({ variance: [record(1, 3), record(2, 2), record(3, 0)] });
  assert.equal(annotate(run).find(({ sourceLine }) => sourceLine === 5)?.level, "normal");
});

test("nodes of other files are left out", () => {
  assert.deepEqual(annotate(beliefNet({ file: "/models/other.ts" })), []);
});

test("the share upstream is unknown before the first record and while a part is unknown", () => {
  const { graph } = beliefNet();
  assert.equal(upstreamShare(graph, "h", undefined), null);
  assert.equal(
    upstreamShare(graph, "h", { step: 1, elapsedMs: 1, parameters: [parameterVariance("prior", null)] }),
    null,
  );
});
