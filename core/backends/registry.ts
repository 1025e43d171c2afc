import { GradlensError } from "../errors";
import type { BackendStatus } from "../protocol/engine";
import type { Backend, BackendId } from "./backend";
import { cpu } from "./cpu";
import { firstLine, selfTest } from "./selfTest";
import { tensorflow, tensorflowGpu } from "./tensorflow";
import { tf } from "./tf";
import { wasm } from "./wasm";
import { webgpu } from "./webgpu";

/** Every back end, fastest first: the order in which `auto` tries them. */
export const backends: readonly Backend[] = [tensorflowGpu, tensorflow, webgpu, wasm, cpu];

/** The back end in use, what it runs on, and those that `auto` refused before it. */
export interface ChosenBackend {
  readonly id: BackendId;
  /** What it runs on, in one sentence. */
  readonly reason: string;
  readonly refused: readonly BackendStatus[];
}

/**
 * Makes a back end the current one, after a self-test. `auto` takes the first that works and keeps why the others did not.
 *
 * Call it before tensors are made, or between steps: tensors of another back end are moved when they are next used.
 *
 * @param without back ends that `auto` leaves out
 * @throws GradlensError when the id is unknown or the back end does not work
 */
export async function useBackend(id: string, without: readonly string[] = []): Promise<ChosenBackend> {
  if (id === "auto") return useFirst(backends.filter((backend) => !backend.optIn && !without.includes(backend.id)));
  const backend = backends.find((candidate) => candidate.id === id);
  if (!backend) {
    const known = backends.map((candidate) => candidate.id).join(", ");
    throw new GradlensError("GL1300", `unknown back end, expected auto, ${known}, got ${id}`, { usage: true });
  }
  const status = await tryBackend(backend);
  if (!status.available) throw new GradlensError("GL1301", `back end ${id} does not work here: ${status.reason}`);
  return { id: backend.id, reason: status.reason, refused: [] };
}

/** Tries every back end and leaves the current one as it was. Call it between steps. */
export async function probeBackends(): Promise<BackendStatus[]> {
  const current = tf.engine().backendName as string | undefined;
  const statuses: BackendStatus[] = [];
  for (const backend of backends) statuses.push(await tryBackend(backend));
  if (current) await tf.setBackend(current);
  return statuses;
}

async function useFirst(candidates: readonly Backend[]): Promise<ChosenBackend> {
  const refused: BackendStatus[] = [];
  for (const { id, ...backend } of candidates) {
    const status = await tryBackend({ id, ...backend });
    if (status.available) return { id, reason: status.reason, refused };
    refused.push(status);
  }
  throw new GradlensError(
    "GL1301",
    `no back end works here: ${refused.map(({ id, reason }) => `${id}: ${reason}`).join("; ")}`,
  );
}

async function tryBackend(backend: Backend): Promise<BackendStatus> {
  const { id, title } = backend;
  try {
    const reason = await backend.activate();
    await selfTest();
    return { id, title, available: true, reason };
  } catch (error) {
    return { id, title, available: false, reason: error instanceof GradlensError ? error.message : firstLine(error) };
  }
}
