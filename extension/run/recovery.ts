import type { TrainRequest } from "../../core/protocol/engine";
import { engineExit } from "../../core/protocol/engineExit";
import type { LostRun } from "./session";

/** Two restarts for memory within this time mean that the model itself needs more than the limit. */
const memoryPatienceMs = 60_000;

/**
 * How often a back end may die under a run before it is given up. A native library or a device that died once is not trusted again.
 * WebAssembly and plain JavaScript live inside the engine's own process: when that is killed the fault is rarely theirs, and what is
 * below them on the ladder is twenty times slower.
 */
const deathsAllowed = (backend: string): number => (backend === "wasm" || backend === "cpu" ? 2 : 1);

interface Losses {
  readonly deaths: Map<string, number>;
  memoryAt: number;
}

/** Decides how a run that lost its engine goes on by itself: from its last checkpoint, on which back ends. */
export class Recovery {
  private readonly losses = new Map<string, Losses>();

  constructor(private readonly now: () => number = Date.now) {}

  /** The request that goes on with the run, or null when a person has to decide. */
  plan({ snapshot, crash }: LostRun): TrainRequest | null {
    const { runFolder, state, backend, file, exportName } = snapshot;
    // A paused run was stopped by a person, who also lets it go on.
    if (runFolder === null || state !== "running" || !crash.restarted) return null;
    const known = this.losses.get(runFolder) ?? { deaths: new Map<string, number>(), memoryAt: -Infinity };
    this.losses.set(runFolder, known);
    if (crash.status === engineExit.memoryLimit) {
      const before = known.memoryAt;
      known.memoryAt = this.now();
      if (known.memoryAt - before < memoryPatienceMs) return null;
    } else {
      known.deaths.set(backend, (known.deaths.get(backend) ?? 0) + 1);
    }
    const without = [...known.deaths].filter(([id, deaths]) => deaths >= deathsAllowed(id)).map(([id]) => id);
    if (without.includes("cpu")) return null;
    return {
      file,
      exportName,
      resume: runFolder,
      ...(snapshot.biasWatch?.on ? { biasChecks: "continuous" } : {}),
      ...(without.length > 0 ? { backend: "auto", without } : {}),
    };
  }
}
