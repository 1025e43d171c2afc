import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { RunDelta } from "../../../../core/protocol/snapshot";
import { DeltaQueue } from "../../../../extension/panels/deltaQueue";

const delta = (step: number): RunDelta => ({ runId: "a", sequence: 100 + step, fields: { step }, loss: [[step, 1]] });

/** A window that hands deltas on when it is told to. */
function busyWindow(): { sent: RunDelta[]; hand(): Promise<void>; send(delta: RunDelta): Promise<void> } {
  const sent: RunDelta[] = [];
  const waiting: (() => void)[] = [];
  return {
    sent,
    send(delta) {
      sent.push(delta);
      return new Promise((resolve) => waiting.push(resolve));
    },
    async hand() {
      waiting.shift()?.();
      await new Promise(setImmediate);
    },
  };
}

test("one delta is under way at a time, the others come merged, numbered without a gap", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { sent, hand, send } = busyWindow();
  const queue = new DeltaQueue(send, 0);
  for (const step of [1, 2, 3]) queue.add(delta(step));
  assert.deepEqual(sent, [{ ...delta(1), sequence: 1 }]);
  await hand();
  assert.deepEqual(sent[1]?.loss, [
    [2, 1],
    [3, 1],
  ]);
  assert.deepEqual([sent[1]?.sequence, sent[1]?.fields.step], [2, 3]);
  await hand();
  assert.equal(sent.length, 2);
  queue.dispose();
  mock.timers.reset();
});

test("what is flushed goes at once, and after a reset nothing of before is sent or waited for", async () => {
  const { sent, hand, send } = busyWindow();
  const queue = new DeltaQueue(send, 0);
  queue.add(delta(1));
  queue.add(delta(2));
  queue.flush();
  assert.deepEqual(
    sent.map(({ sequence }) => sequence),
    [1, 2],
  );
  queue.add(delta(3));
  queue.reset();
  await hand();
  await hand();
  assert.equal(sent.length, 2);
  queue.add(delta(4));
  assert.deepEqual([sent[2]?.sequence, sent[2]?.fields.step], [1, 4]);
  queue.dispose();
});
