import { test } from "node:test";
import { useBackend } from "../../../../core/backends/registry";
import { GradlensError } from "../../../../core/errors";

/** A test on each back end that has operations of ours; one that does not work here is skipped with its reason. */
export function onFusedBackends(title: string, body: () => void | Promise<void>): void {
  for (const id of ["wasm", "tensorflow"]) {
    test(`${title} on ${id}`, async (context) => {
      try {
        await useBackend(id);
      } catch (error) {
        if (!(error instanceof GradlensError)) throw error;
        context.skip(error.message);
        return;
      }
      await body();
    });
  }
}
