import type { Workers } from "../../diagnostics/chunks/chunks";
import type { Prepared } from "../prepare";
import { defaultWorkers, WorkerPool } from "./workerPool";

/** Workers stay for the next check, and go when none comes. */
const IDLE_MS = 60_000;
/** The system takes back what ended threads held within this time. */
const RETURN_MS = 2_000;

/** The workers of an engine that has a run to train, too: they start with the first check that pays for them. */
export class EnginePool {
  /** Workers at most: what the environment says (`GRADLENS_WORKERS`), else one less than there are cores. */
  readonly size: number;
  private pool: WorkerPool | null = null;
  private backend: string | null = null;
  private users = 0;
  private leaving: NodeJS.Timeout | null = null;
  private gaveWayAt: number | null = null;

  /** @param busy true while this engine trains: then it leaves the chunks to the workers */
  constructor(private readonly busy: () => boolean) {
    const asked = process.env["GRADLENS_WORKERS"];
    this.size = asked !== undefined && /^\d+$/.test(asked) ? Number(asked) : defaultWorkers();
  }

  /** Does work that may ask workers of a back end for help. */
  async during<T>(backend: string | null, work: (workersFor: Help) => Promise<T>): Promise<T> {
    if (this.leaving) clearTimeout(this.leaving);
    this.leaving = null;
    if (backend !== this.backend && this.users === 0) this.end();
    this.backend ??= backend;
    this.users++;
    try {
      return await work((prepared) => (backend === null || backend !== this.backend ? undefined : this.open(prepared)));
    } finally {
      if (--this.users === 0) this.leaving = setTimeout(() => this.end(), IDLE_MS).unref();
    }
  }

  /**
   * Ends worker threads, whose memory is this process's own, because it is too much; none are started again. Their chunks are computed here.
   *
   * @returns false when that cannot help: there were none, or what they held has come back by now
   */
  giveWay(): boolean {
    if (this.gaveWayAt === null) {
      if (!this.pool?.threads) return false;
      this.gaveWayAt = performance.now();
      this.pool.dispose();
    }
    return performance.now() - this.gaveWayAt < RETURN_MS;
  }

  private open(prepared: Prepared): Workers | undefined {
    if (this.gaveWayAt !== null) return undefined;
    this.pool ??= new WorkerPool({ size: this.size, backend: this.backend!, helps: () => !this.busy() });
    return this.pool.workersFor(prepared);
  }

  private end(): void {
    this.pool?.dispose();
    this.pool = null;
    this.backend = null;
  }
}

type Help = (prepared: Prepared) => Workers | undefined;
