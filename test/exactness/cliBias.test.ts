import assert from "node:assert/strict";
import { test } from "node:test";
import type { BiasReport } from "../../core/diagnostics/bias";
import { answer, teaching } from "../unit/cli/support";

const p = 1 / (1 + Math.exp(-0.3));
const spread = p * (1 - p);
/** The cost and its derivative. */
const f = (b: number): number => Math.exp(b - 0.45);
const exact = spread * (f(1) - f(0));

/** Mean and variance of an estimate that takes g(1) with probability p, else g(0). */
function moments(g: (b: number) => number): { mean: number; variance: number } {
  const mean = p * g(1) + (1 - p) * g(0);
  return { mean, variance: p * g(1) ** 2 + (1 - p) * g(0) ** 2 - mean ** 2 };
}

const byHand = {
  lr: moments((b) => f(b) * (b - p)),
  muprop: moments((b) => (b - p) * (f(b) - f(p) - f(p) * (b - p)) + f(p) * spread),
  "straight-through": moments((b) => f(b) * spread),
  half: moments((b) => (f(b) * spread) / (2 * (b === 1 ? p : 1 - p))),
};

for (const [id, { mean, variance }] of Object.entries(byHand)) {
  test(`bias of ${id} on one bit is what pencil and paper give`, async () => {
    const report = await answer<BiasReport>("bias", teaching("one-bit.ts"), "--estimator", id);
    const unbiased = id === "lr" || id === "muprop";
    assert.equal(report.method, "enumeration");
    assert.equal(report.verdict, unbiased ? "unbiased" : "biased");
    assert.equal(report.exitCode, unbiased ? 0 : 10);
    const [theta] = report.parameters;
    assert.ok(theta);
    const close = (found: number, expected: number): void =>
      assert.ok(Math.abs(found - expected) < 1e-6, `expected ${expected}, got ${found}`);
    close(theta.exact![0]!, exact);
    close(theta.mean[0]!, mean);
    close(theta.bias[0]!, mean - exact);
    close(theta.variance[0]!, variance);
    close(theta.relativeBias!, Math.abs(mean - exact) / exact);
    assert.deepEqual(theta.standardError, [0]);
    assert.deepEqual(theta.interval, [theta.relativeBias, theta.relativeBias]);
    assert.equal(theta.verdict, report.verdict);
  });
}

test("a batch without data averages independent noises, so its variance is divided by B", async () => {
  const one = await answer<BiasReport>("bias", teaching("one-bit.ts"), "--estimator", "lr");
  const four = await answer<BiasReport>("bias", teaching("one-bit.ts"), "--estimator", "lr", "--batch", "4");
  assert.ok(Math.abs(four.parameters[0]!.variance[0]! - one.parameters[0]!.variance[0]! / 4) < 1e-6);
  assert.ok(Math.abs(four.parameters[0]!.mean[0]! - one.parameters[0]!.mean[0]!) < 1e-6);
});

test("the mean of gradient over seeds is the mean that bias reports, within 4.5 standard errors", async () => {
  // False alarm below 1e-5; the bias of half (0.022) is 15 standard errors.
  const draws = 400;
  let total = 0;
  for (let seed = 0; seed < draws; seed++) {
    const { parameters } = await answer<{ parameters: { values: number[] }[] }>(
      "gradient",
      teaching("one-bit.ts"),
      "--estimator",
      "muprop",
      "--seed",
      String(seed),
    );
    total += parameters[0]!.values[0]! / draws;
  }
  assert.ok(
    Math.abs(total - exact) < 4.5 * Math.sqrt(byHand.muprop.variance / draws),
    `expected ${exact}, got ${total}`,
  );
});

test("in a graph whose nodes have estimators of their own, only the parameter of the biased node is biased", async () => {
  const report = await answer<BiasReport>("bias", teaching("dag.ts"));
  assert.equal(report.exitCode, 10);
  assert.deepEqual(Object.fromEntries(report.parameters.map(({ name, verdict }) => [name, verdict])), {
    prior: "unbiased",
    toA: "unbiased",
    toB: "biased",
  });
  const mended = await answer<BiasReport>("bias", teaching("dag.ts"), "--estimator", "b=muprop");
  assert.equal(mended.verdict, "unbiased");
});

test("sampling finds the bias of straight-through, and none in muprop, against the enumerated gradient", async () => {
  const biased = await answer<BiasReport>(
    "bias",
    teaching("two-layers.ts"),
    "--estimator",
    "straight-through",
    "--method",
    "sample",
  );
  assert.equal(biased.method, "sampling");
  assert.equal(biased.exitCode, 10);
  const unbiased = await answer<BiasReport>(
    "bias",
    teaching("two-layers.ts"),
    "--estimator",
    "muprop",
    "--method",
    "sample",
    "--draws",
    "20000",
  );
  assert.notEqual(unbiased.verdict, "biased");
  for (const { interval, exact: reference } of unbiased.parameters) {
    assert.ok(interval !== null && interval[0] <= interval[1]);
    assert.ok(reference !== null);
  }
});

test("too few draws leave the question open, with exit code 11", async () => {
  const report = await answer<BiasReport>(
    "bias",
    teaching("two-layers.ts"),
    "--estimator",
    "lr",
    "--method",
    "sample",
    "--draws",
    "20",
  );
  assert.equal(report.verdict, "undecided");
  assert.equal(report.exitCode, 11);
});
