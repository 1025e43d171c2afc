import assert from "node:assert/strict";
import { after, before } from "node:test";
import { tf } from "../../core/backends/tf";

/** Starts a back end for the tests of a file or a suite, and asserts that as many tensors are there after them as before. */
export function leavesNoTensors(start: () => Promise<unknown>): void {
  let started: number;
  before(async () => {
    await start();
    started = tf.memory().numTensors;
  });
  after(() => assert.equal(tf.memory().numTensors, started, "tensors were left behind"));
}
