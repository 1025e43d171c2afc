import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type RateCase, type RateOutcome, runCase, runWatched } from "../../bench/measure/biasErrorRates";
import { atMost } from "../../bench/measure/clopperPearson";
import { useBackend } from "../../core/backends/registry";
import { rateOfCheck } from "../../core/engine/biasWatch";

/** Always: verdicts are what is looked at here, and thousands of draws take other back ends long. */
before(() => useBackend("wasm"));

const ALPHA = 0.05;
const CASES = 48;

/** Wrong verdicts that a test at its stated rate exceeds with probability below 1e-3: then this test is a false alarm. */
const limit = Array.from({ length: CASES }, (_, k) => k).find((k) => 1 - atMost(k, CASES, ALPHA) < 1e-3)!;

function check(effect: number, first: number): readonly RateOutcome[] {
  return Array.from({ length: CASES }, (_, i): RateOutcome => {
    const reference = (["exact", "exact", "lr", "muprop"] as const)[i % 4]!;
    const estimator = reference === "lr" ? "muprop" : reference === "muprop" ? "lr" : i % 2 === 0 ? "lr" : "muprop";
    const margin = 0.2;
    const given: RateCase = {
      seed: first + i,
      estimator,
      effect: effect * margin,
      margin,
      draws: 6000,
      alpha: ALPHA,
      reference,
    };
    return runCase(given);
  });
}

const count = (outcomes: readonly RateOutcome[], of: (outcome: RateOutcome) => boolean): number =>
  outcomes.filter(of).length;

test(`of ${CASES} unbiased estimators at most ${limit} are called biased, and most are called unbiased`, () => {
  const found = check(0, 5000);
  assert.ok(count(found, ({ falseBiased }) => falseBiased) <= limit);
  assert.ok(count(found, ({ verdict }) => verdict === "unbiased") >= CASES / 2);
  assert.ok(count(found, ({ missed }) => missed) <= limit);
});

test(`of ${CASES} estimators with a bias of 1.1 margins at most ${limit} are called unbiased`, () => {
  const found = check(1.1, 6000);
  assert.ok(count(found, ({ falseUnbiased }) => falseUnbiased) <= limit);
  assert.ok(count(found, ({ missed }) => missed) <= limit);
});

test(`of ${CASES} estimators with a bias of three margins at most ${limit} are called unbiased, and most are called biased`, () => {
  const found = check(3, 7000);
  assert.ok(count(found, ({ falseUnbiased }) => falseUnbiased) <= limit);
  assert.ok(count(found, ({ verdict }) => verdict === "biased") >= CASES / 2);
});

test("straight-through and half are called biased where their bias is three margins or more, and hardly ever wrongly unbiased", () => {
  const found = Array.from({ length: 16 }, (_, i) =>
    runCase({
      seed: 8000 + i,
      estimator: i % 2 === 0 ? "straight-through" : "half",
      effect: 0,
      margin: 0.02,
      draws: 10_000,
      alpha: ALPHA,
      reference: i % 4 < 2 ? "exact" : "lr",
    }),
  );
  // 16 checks at 5 %: more than four wrong ones have a probability below 1e-3.
  assert.ok(count(found, ({ falseUnbiased }) => falseUnbiased) <= 4);
  const clear = found.filter(({ truth }) => truth > 0.06);
  assert.ok(clear.length >= 4, `${clear.length} clear cases`);
  assert.ok(count(clear, ({ verdict }) => verdict !== "biased") <= clear.length / 4);
});

test("the rates of all checks beside training add up to 5 %, however many there are", () => {
  let total = 0;
  for (let check = 0; check < 100_000; check++) total += rateOfCheck(check);
  assert.ok(total < ALPHA && total > 0.9999 * ALPHA);
});

// A run is wrong at a rate of at most 5 %: more than four wrong ones of 16 have a probability below 1e-3.
test("of 16 runs of ten checks each hardly one has a single wrong verdict, whether the estimator is biased or not", () => {
  for (const [effect, wanted] of [
    [0, "unbiased"],
    [3, "biased"],
  ] as const) {
    const runs = Array.from({ length: 16 }, (_, i) =>
      runWatched({
        first: 20_000 + 1000 * effect + 10 * i,
        checks: 10,
        rateOf: rateOfCheck,
        estimator: i % 2 === 0 ? "muprop" : "lr",
        effect: effect * 0.2,
        margin: 0.2,
        draws: 2000,
        reference: i % 4 < 2 ? "exact" : i % 2 === 0 ? "lr" : "muprop",
      }),
    );
    const wrong = runs.filter((checks) => count(checks, (o) => o.falseBiased || o.falseUnbiased) > 0).length;
    assert.ok(wrong <= 4, `${wrong} of 16 runs have a wrong verdict`);
    const decided = runs.flat().filter(({ verdict }) => verdict === wanted).length;
    assert.ok(decided >= 40, `${decided} of 160 checks are ${wanted}`);
  }
});
