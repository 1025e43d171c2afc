import assert from "node:assert/strict";
import { after, before, mock, test } from "node:test";
import { createScheduler } from "../../../webview/scheduler";

/** A page's clock: frames come at once, and what is drawn in one takes as long as it is told. */
let now = 0;
const frames: (() => void)[] = [];
const tick = (ms: number): void => {
  for (let i = 0; i < ms; i++) {
    now++;
    mock.timers.tick(1);
    for (const frame of frames.splice(0)) frame();
  }
};
const natural = { now: performance.now, requestAnimationFrame: globalThis.requestAnimationFrame };

before(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  performance.now = () => now;
  globalThis.requestAnimationFrame = (frame) => frames.push(() => frame(now));
});
after(() => {
  mock.timers.reset();
  performance.now = natural.now;
  globalThis.requestAnimationFrame = natural.requestAnimationFrame;
});

/** How many frames a second are drawn when each takes `cost` and one is asked for all the time. */
function perSecond(cost: number, byHand = false): number {
  let drawn = 0;
  const scheduler = createScheduler(() => {
    drawn++;
    now += cost;
  });
  const end = now + 10_000;
  while (now < end) {
    scheduler.request(byHand);
    tick(1);
  }
  scheduler.dispose();
  return drawn / 10;
}

test("cheap frames come ten times a second", () => {
  const found = perSecond(5);
  assert.ok(found > 9 && found <= 10, String(found));
});

test("dear frames take a third of the time at most, unless a person asks", () => {
  const found = perSecond(400);
  assert.ok(found * 400 <= 1000 / 3 + 40, String(found));
  assert.ok(found * 400 > 250, String(found));
  assert.ok(perSecond(400, true) > 2 * found);
});

test("the last request is not lost", () => {
  let drawn = 0;
  const scheduler = createScheduler(() => {
    drawn++;
    now += 200;
  });
  scheduler.request();
  tick(2);
  scheduler.request();
  scheduler.request();
  tick(1000);
  assert.equal(drawn, 2);
});
