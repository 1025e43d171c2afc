import type { Backend } from "../../core/backends/backend";
import { backends, useBackend } from "../../core/backends/registry";

/** The back ends that work here, those that are chosen by name only and plain JavaScript left out; says why others do not. */
export async function workingBackends(): Promise<readonly Backend[]> {
  const working: Backend[] = [];
  for (const backend of backends) {
    if (backend.optIn || backend.id === "cpu") continue;
    try {
      const { reason } = await useBackend(backend.id);
      console.error(`${backend.id}: ${reason}`);
      working.push(backend);
    } catch (error) {
      console.error(`left out: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return working;
}
