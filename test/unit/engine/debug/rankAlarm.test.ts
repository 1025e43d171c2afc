import assert from "node:assert/strict";
import { test } from "node:test";
import { Alarms } from "../../../../core/engine/debug/alarms";
import { RankAlarm } from "../../../../core/engine/debug/rankAlarm";

/** A fixed sequence of uniforms. */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

test("an alarm over W steps sounds at 1 step in W + 1 of a heavy-tailed sequence, and not before W steps", () => {
  const next = uniforms(11);
  const window = 19;
  const alarm = new RankAlarm(window);
  let sounded = 0;
  const steps = 20_000;
  for (let step = 0; step < steps; step++) {
    const value = 1 / next() ** 2;
    if (alarm.sounds(value)) {
      assert.ok(step >= window);
      sounded++;
    }
    alarm.add(value);
  }
  // Six standard errors of 20000 trials at 1/20, neighbouring trials being dependent, are about 0.01.
  assert.ok(Math.abs(sounded / steps - 1 / (window + 1)) < 0.01, `${sounded / steps}`);
});

test("a spike, a flip and a value that is not finite are told, each by its own filter", () => {
  const gradient = (x: number): ReadonlyMap<string, { shape: number[]; values: Float32Array }> =>
    new Map([["w", { shape: [2], values: Float32Array.of(x, 0) }]]);
  const all = new Alarms(new Set(["non-finite", "variance-spike", "sign-flip"] as const), 5);
  for (let step = 0; step < 8; step++) assert.equal(all.look(1, gradient(1)), null);
  assert.match(all.look(1, gradient(9)) ?? "", /largest of 6 steps; "w" makes 100 %/);
  assert.match(all.look(1, gradient(-0.5)) ?? "", /"w" points against its running mean/);
  assert.match(all.look(NaN, gradient(1)) ?? "", /The loss is NaN/);
  assert.match(all.look(1, gradient(Infinity)) ?? "", /gradient of "w" holds Infinity/);
  assert.equal(new Alarms(new Set(["variance-spike"] as const), 5).look(NaN, gradient(1)), null);
});
