import type { ChunkedWork, ChunkStream } from "../../diagnostics/chunks/chunks";
import type { Sliced } from "../../diagnostics/sliced";
import type { SentModel, SentSubject } from "./messages";
import { sendSubject } from "./sendModel";

/** What a stream needs of the pool that it belongs to. */
export interface Crew {
  /** Workers that compute or will soon. */
  readonly size: number;
  /** Chunks that may be under way at once. */
  readonly places: number;
  /** Whether this thread computes chunks, too, while workers do. */
  helps(): boolean;
  /** Starts workers where the work that is left pays for it. @param leftMs what is left would take here */
  offer(leftMs: number, chunks: number): void;
  /** Gives waiting chunks to idle workers. */
  feed(): void;
  leave(stream: PoolStream): void;
}

export interface Task {
  readonly index: number;
  readonly kind: string;
  readonly args: unknown;
}

/** The chunks of one piece of work: given to workers, or computed here, and handed out in their order. */
export class PoolStream<A = unknown, R = unknown> implements ChunkStream<R> {
  private readonly results = new Map<number, R>();
  /** Chunks whose worker failed: they are computed here. */
  private readonly lost = new Set<number>();
  private given = 0;
  private assigned = 0;
  private own = { chunks: 0, ms: 0 };
  private subject: SentSubject | null = null;
  private changed: { readonly promise: Promise<void>; readonly done: () => void } | null = null;

  constructor(
    readonly id: number,
    readonly model: SentModel,
    private readonly work: ChunkedWork<A, R>,
    private readonly crew: Crew,
  ) {}

  *next(): Sliced<R> {
    const index = this.given++;
    for (;;) {
      this.crew.feed();
      if (this.results.has(index)) break;
      const waiting = index === this.assigned;
      if (this.lost.delete(index)) this.compute(index);
      else if (waiting && (this.crew.helps() || this.crew.size === 0)) this.compute(this.assigned++);
      else if (!waiting && this.crew.helps() && this.hasRoom()) this.compute(this.assigned++);
      else {
        yield this.change();
        continue;
      }
      this.crew.offer(
        (this.own.ms / this.own.chunks) * (this.work.total - this.assigned),
        this.work.total - this.assigned,
      );
      // Messages of workers come in between chunks.
      if (this.crew.size > 0) yield new Promise((next) => setImmediate(next));
    }
    const result = this.results.get(index)!;
    this.results.delete(index);
    return result;
  }

  /** The next chunk for a worker, or null when there is none, or enough of them are under way. */
  take(): Task | null {
    if (!this.hasRoom()) return null;
    const index = this.assigned++;
    return { index, kind: this.work.kind.id, args: this.work.args(index) };
  }

  /** The parameters and data of when this is first asked. */
  sent(): SentSubject {
    return (this.subject ??= sendSubject(this.work.subject));
  }

  arrived(index: number, result: unknown): void {
    this.results.set(index, result as R);
    this.wake();
  }

  lose(index: number): void {
    this.lost.add(index);
    this.wake();
  }

  /** Lets the work look again at what there is to do. */
  wake(): void {
    this.changed?.done();
    this.changed = null;
  }

  close(): void {
    this.crew.leave(this);
  }

  private hasRoom(): boolean {
    return this.assigned < this.work.total && this.assigned - this.given < this.crew.places;
  }

  private compute(index: number): void {
    const began = performance.now();
    this.results.set(index, this.work.kind.compute(this.work.subject, this.work.args(index)));
    this.own = { chunks: this.own.chunks + 1, ms: this.own.ms + performance.now() - began };
  }

  private change(): Promise<void> {
    if (!this.changed) {
      let done = (): void => undefined;
      const promise = new Promise<void>((resolve) => (done = resolve));
      this.changed = { promise, done };
    }
    return this.changed.promise;
  }
}
