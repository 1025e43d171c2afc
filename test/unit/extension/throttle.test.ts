import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Throttle } from "../../../extension/throttle";

test("the first call acts at once, the others together after the interval, and the last is not lost", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let now = 0;
  let acted = 0;
  const throttle = new Throttle(
    500,
    () => acted++,
    () => now,
  );
  throttle.call();
  assert.equal(acted, 1);
  now = 100;
  throttle.call();
  throttle.call();
  assert.equal(acted, 1);
  now = 500;
  mock.timers.tick(400);
  assert.equal(acted, 2);
  throttle.dispose();
  mock.timers.reset();
});
