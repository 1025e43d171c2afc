import assert from "node:assert/strict";
import { before, test } from "node:test";
import { backendFailure } from "../../../core/backends/backendFailure";
import { useBackend } from "../../../core/backends/registry";
import { asModelError } from "../../../core/engine/modelLoader";

before(() => useBackend("cpu"));

const unreachable = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11,
]);

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}

test("memory that runs out, devices that are lost and modules that abort are failures of the back end", () => {
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(unreachable)).exports;
  const trap = thrownBy(f as () => void);
  assert.ok(trap instanceof WebAssembly.RuntimeError);
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [trap, /back end cpu ran out of memory or was aborted; take a smaller batch/],
    [thrownBy(() => new Float32Array(2 ** 53)), /ran out of memory/],
    [
      new Error("Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[1024,67108864]"),
      /ran out of memory/,
    ],
    [new Error("A valid external Instance reference no longer exists: the device was lost."), /lost its device/],
  ];
  for (const [error, expected] of cases) {
    assert.match(backendFailure(error)?.message ?? "null", expected);
    assert.match(asModelError(error, "net.ts").message, expected);
  }
});

test("an error of the model stays the model's", () => {
  for (const error of [new Error("no such layer"), new TypeError("x is not a function"), "text", undefined])
    assert.equal(backendFailure(error), null);
  assert.match(asModelError(new Error("no such layer"), "net.ts").message, /the model threw no such layer/);
});
