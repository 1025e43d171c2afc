import { test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { GradlensError } from "../../../core/errors";

/** A test on each of these back ends; one that does not work here is skipped with its reason. */
export function onBackends(ids: readonly string[], title: string, body: () => void | Promise<void>): void {
  for (const id of ids) {
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
