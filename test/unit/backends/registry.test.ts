import assert from "node:assert/strict";
import { test } from "node:test";
import { backends, probeBackends, useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";

test("an unknown back end is a usage error that lists the known ones", async () => {
  await assert.rejects(useBackend("webgl"), {
    code: "GL1300",
    usage: true,
    message: /auto, tensorflow-gpu, tensorflow, .*wasm, cpu, got webgl$/,
  });
});

test("wasm and cpu always work", async () => {
  for (const id of ["wasm", "cpu"]) {
    const chosen = await useBackend(id);
    assert.equal(chosen.id, id);
    assert.equal(tf.getBackend(), id);
  }
});

test("auto takes the first that works and says why the others did not", async () => {
  const { id, refused } = await useBackend("auto");
  const ladder = backends.filter(({ optIn }) => !optIn).map((backend) => backend.id);
  assert.deepEqual(
    refused.map((status) => status.id),
    ladder.slice(0, ladder.indexOf(id)),
  );
  for (const { available, reason } of refused) {
    assert.equal(available, false);
    assert.match(reason, /^[^\n]+; [^\n]+$/);
  }
});

test("probing tries every back end, leaves the current one in place and no tensor behind", async () => {
  await useBackend("cpu");
  const tensors = tf.memory().numTensors;
  const statuses = await probeBackends();
  assert.deepEqual(
    statuses.map(({ id }) => id),
    backends.map(({ id }) => id),
  );
  assert.equal(statuses.find(({ id }) => id === "wasm")?.available, true);
  assert.equal(tf.getBackend(), "cpu");
  assert.equal(tf.memory().numTensors, tensors);
});

test("starting wasm leaves the process's error handling alone", async () => {
  const listeners = process.listenerCount("uncaughtException") + process.listenerCount("unhandledRejection");
  await useBackend("wasm");
  assert.equal(process.listenerCount("uncaughtException") + process.listenerCount("unhandledRejection"), listeners);
});
