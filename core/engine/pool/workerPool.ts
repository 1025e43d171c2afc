import { availableParallelism, freemem } from "node:os";
import type { Workers } from "../../diagnostics/chunks/chunks";
import type { Prepared } from "../prepare";
import { type Link, startWorker } from "./link";
import type { FromWorker, SentModel } from "./messages";
import { type Crew, PoolStream, type Task } from "./poolStream";
import { sendModel } from "./sendModel";

/** Chunks that a worker has at a time: one that it computes, and the next. */
const DEPTH = 2;
/** Work that takes less than this here is not worth the start of workers, which takes about 0.7 s of each one's core. */
const START_PAYS_MS = 1500;
/** Workers when nothing is said: each holds a copy of the model and of the back end. */
const MOST = 8;

export interface PoolOptions {
  /** Workers at most; 0 does everything here. */
  readonly size: number;
  /** The back end in use here: workers use the same. */
  readonly backend: string;
  /** False while this thread has something better to do than chunks. */
  readonly helps?: () => boolean;
  /** Work from which on workers are started, milliseconds of this thread. */
  readonly startPaysMs?: number;
}

interface Member {
  readonly link: Link;
  ready: boolean;
  readonly under: Map<string, { readonly stream: PoolStream; readonly index: number }>;
  readonly models: Set<SentModel>;
  readonly streams: Set<number>;
}

/** One worker less than there are cores. */
export function defaultWorkers(): number {
  return Math.min(MOST, availableParallelism() - 1);
}

/**
 * Worker engines that compute chunks of diagnostics beside this one: threads, or processes for TensorFlow's library. They start when there
 * is work enough to pay for it. Results do not depend on their number, nor on their end: a chunk whose worker fails is computed here.
 */
export class WorkerPool implements Crew {
  /** Workers that failed. */
  failures = 0;
  /** Chunks that workers computed. */
  delivered = 0;
  private readonly members = new Set<Member>();
  private readonly streams = new Map<number, PoolStream>();
  private readonly models = new Map<SentModel, number>();
  private started = 0;
  private lastStream = 0;

  constructor(private readonly options: PoolOptions) {}

  get size(): number {
    return this.members.size;
  }

  /** Workers that live in this process and count as its memory. */
  get threads(): number {
    return this.kind === "thread" ? this.members.size : 0;
  }

  get places(): number {
    return DEPTH * this.members.size + 1;
  }

  helps(): boolean {
    return this.options.helps?.() ?? true;
  }

  /** What helps with measurements of a model; undefined where workers cannot make it. */
  workersFor(prepared: Parameters<typeof sendModel>[0] & Pick<Prepared, "instance">): Workers | undefined {
    const { size, backend } = this.options;
    if (size === 0 || !["wasm", "cpu", "tensorflow"].includes(backend)) return undefined;
    const model = sendModel(prepared);
    if (!model) return undefined;
    return {
      open: (work) => {
        const stream = new PoolStream(++this.lastStream, model, work, this);
        this.streams.set(stream.id, stream as PoolStream);
        return stream;
      },
    };
  }

  offer(leftMs: number, chunks: number): void {
    if (leftMs < (this.options.startPaysMs ?? START_PAYS_MS)) return;
    while (this.started < Math.min(this.options.size, chunks) && this.hasMemory()) this.start();
  }

  feed(): void {
    for (const stream of this.streams.values()) {
      for (let depth = 0; depth < DEPTH; depth++) {
        for (const member of this.members) {
          if (!member.ready || member.under.size > depth) continue;
          const task = stream.take();
          if (task) this.give(member, stream, task);
        }
      }
    }
  }

  leave(stream: PoolStream): void {
    this.streams.delete(stream.id);
    for (const member of this.members) {
      if (member.streams.delete(stream.id)) member.link.send({ type: "close", stream: stream.id });
    }
  }

  /** Ends all workers. What is still asked of streams is computed here. */
  dispose(): void {
    this.started = Infinity;
    for (const member of this.members) this.remove(member);
  }

  private get kind(): "process" | "thread" {
    return this.options.backend === "tensorflow" ? "process" : "thread";
  }

  private start(): void {
    this.started++;
    const link = startWorker(this.kind, {
      onMessage: (message) => this.receive(member, message),
      onEnd: () => this.fail(member),
    });
    const member: Member = { link, ready: false, under: new Map(), models: new Set(), streams: new Set() };
    this.members.add(member);
    link.send({ type: "start", backend: this.options.backend });
  }

  /** Whether half of the machine's free memory holds one more engine like this one beside those that just started. */
  private hasMemory(): boolean {
    return freemem() / 2 > process.memoryUsage().rss * (this.members.size + 1);
  }

  private give(member: Member, stream: PoolStream, task: Task): void {
    this.introduce(member, stream);
    member.under.set(`${stream.id}:${task.index}`, { stream, index: task.index });
    member.link.send({ type: "run", stream: stream.id, ...task });
  }

  private introduce({ link, models, streams }: Member, stream: PoolStream): void {
    const model = this.models.get(stream.model) ?? this.models.size;
    this.models.set(stream.model, model);
    if (!models.has(stream.model)) link.send({ type: "model", model, sent: stream.model });
    models.add(stream.model);
    if (!streams.has(stream.id)) link.send({ type: "open", stream: stream.id, model, subject: stream.sent() });
    streams.add(stream.id);
  }

  private receive(member: Member, message: FromWorker): void {
    switch (message.type) {
      case "ready":
        member.ready = true;
        break;
      case "result": {
        const { stream, index, result } = message;
        member.under.delete(`${stream}:${index}`);
        this.delivered++;
        this.streams.get(stream)?.arrived(index, result);
        break;
      }
      case "failed":
        this.fail(member);
    }
    this.feed();
    for (const stream of this.streams.values()) stream.wake();
  }

  /** A worker that failed once is not asked again. */
  private fail(member: Member): void {
    if (!this.members.has(member)) return;
    this.failures++;
    this.remove(member);
  }

  private remove(member: Member): void {
    this.members.delete(member);
    member.link.end();
    for (const { stream, index } of member.under.values()) stream.lose(index);
    for (const stream of this.streams.values()) stream.wake();
  }
}
