import type { ChildProcess } from "node:child_process";
import { GradlensError } from "../core/errors";
import {
  protocolVersion,
  type EngineCancel,
  type EngineEvent,
  type EngineMethod,
  type EngineMethods,
  type EngineRequest,
  type FromEngine,
} from "../core/protocol/engine";
import { engineExit } from "../core/protocol/engineExit";
import type { EngineState } from "../core/protocol/webview";
import { Emitter, type Disposable } from "./emitter";
import { RestartBudget } from "./restartBudget";

export interface EngineLog {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

export interface EngineClientOptions {
  /** Starts the engine process with an IPC channel that keeps typed arrays. */
  readonly fork: () => ChildProcess;
  readonly log: EngineLog;
  /** What the engine prints to standard error, line by line. */
  readonly onOutput?: (line: string) => void;
  readonly budget?: RestartBudget;
  /** How long the engine may take to greet. */
  readonly helloTimeoutMs?: number;
}

export interface EngineStateChange {
  readonly state: EngineState;
  /** One sentence when the state is "failed". */
  readonly message: string | null;
}

export interface EngineCrash {
  /** For example `signal SIGKILL` or `exit status 134`. */
  readonly cause: string;
  /** Exit status; null when a signal ended the process. */
  readonly status: number | null;
  /** False when the restart budget is spent. */
  readonly restarted: boolean;
}

interface Pending {
  readonly method: EngineMethod;
  progress(share: number, text: string): void;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export interface RequestOptions<M extends EngineMethod> {
  readonly signal?: AbortSignal;
  /** Called when the answer arrives and before any later event of the engine is given out. */
  readonly onResult?: (result: EngineMethods[M]["result"]) => void;
  /** Called with how far the request is, 0 to 1, and what it is at. */
  readonly onProgress?: (share: number, text: string) => void;
}

/**
 * The engine as the editor sees it: forked on first use, greeted with the protocol version, asked by numbered requests,
 * and started again after a crash while the restart budget lasts.
 */
export class EngineClient implements Disposable {
  private child: ChildProcess | undefined;
  private greeted: Promise<ChildProcess> | undefined;
  private lastId = 0;
  private lastSequence = 0;
  private readonly pending = new Map<number, Pending>();
  private readonly budget: RestartBudget;
  private readonly states = new Emitter<EngineStateChange>();
  private readonly events = new Emitter<EngineEvent>();
  private readonly crashes = new Emitter<EngineCrash>();
  private readonly gaps = new Emitter<void>();
  private current: EngineStateChange = { state: "stopped", message: null };
  private disposed = false;

  readonly onDidChangeState = this.states.event;
  readonly onEvent = this.events.event;
  readonly onCrash = this.crashes.event;
  /** Events were lost: whoever builds on them should ask for a snapshot. */
  readonly onGap = this.gaps.event;

  constructor(private readonly options: EngineClientOptions) {
    this.budget = options.budget ?? new RestartBudget();
  }

  get state(): EngineState {
    return this.current.state;
  }

  get message(): string | null {
    return this.current.message;
  }

  get processId(): number | undefined {
    return this.child?.pid;
  }

  /** What the engine was asked and has not answered, oldest first; greetings aside. */
  get owes(): readonly EngineMethod[] {
    return [...this.pending.values()].map(({ method }) => method).filter((method) => method !== "hello");
  }

  /** Starts the engine when it is not running; settles when it has greeted. */
  async start(): Promise<void> {
    await this.ready();
  }

  /** Sends one request; rejects with the engine's own error, or with `GL8001` when the engine ends before it answers. */
  async request<M extends EngineMethod>(
    method: M,
    params: EngineMethods[M]["params"],
    options: RequestOptions<M> = {},
  ): Promise<EngineMethods[M]["result"]> {
    options.signal?.throwIfAborted();
    const child = await this.ready();
    options.signal?.throwIfAborted();
    return this.send(child, method, params, options);
  }

  /** Greets the running engine again; settles when it answers or is gone. */
  async ping(): Promise<void> {
    if (this.child) await this.send(this.child, "hello", { protocolVersion }, {});
  }

  /**
   * Ends the engine and starts a new one with a fresh restart budget. The oldest request is rejected with `blocked` where it is given,
   * all others with `GL8001`.
   */
  async restart(blocked?: GradlensError): Promise<void> {
    const [oldest] = [...this.pending].filter(([, { method }]) => method !== "hello");
    if (blocked && oldest) {
      this.pending.delete(oldest[0]);
      oldest[1].reject(blocked);
    }
    this.end("the engine is restarted");
    this.budget.reset();
    await this.ready();
  }

  /** Ends the engine; the next request starts it again. */
  stop(): void {
    this.end("the engine is stopped");
    this.change("stopped", null);
  }

  dispose(): void {
    this.disposed = true;
    for (const emitter of [this.states, this.events, this.crashes, this.gaps]) emitter.dispose();
    this.end("the window closes");
  }

  private ready(): Promise<ChildProcess> {
    if (this.disposed) return Promise.reject(new GradlensError("GL8000", "the engine ends with its window"));
    this.greeted ??= this.launch();
    return this.greeted;
  }

  private launch(): Promise<ChildProcess> {
    this.change("starting", null);
    let child: ChildProcess;
    try {
      child = this.options.fork();
    } catch (error) {
      return this.fail(
        new GradlensError("GL8002", `the engine process could not be started: ${text(error)}; see the log`),
      );
    }
    this.child = child;
    this.lastSequence = 0;
    this.options.log.info(`engine started, process ${child.pid}`);
    readLines(child, (line) => this.options.onOutput?.(line));
    child.on("message", (message) => this.receive(message as FromEngine));
    child.once("error", (error) => {
      if (child.pid === undefined) this.ended(child, text(error), null);
      else this.options.log.error(`engine: ${text(error)}`);
    });
    child.once("exit", (code, signal) => this.ended(child, signal === null ? causeOf(code) : `signal ${signal}`, code));
    return this.greet(child);
  }

  private async greet(child: ChildProcess): Promise<ChildProcess> {
    let timer: NodeJS.Timeout | undefined;
    const timeoutMs = this.options.helloTimeoutMs ?? 60_000;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new GradlensError("GL8003", `the engine did not greet within ${timeoutMs / 1000} s; see the log`)),
        timeoutMs,
      );
    });
    try {
      const hello = await Promise.race([this.send(child, "hello", { protocolVersion }, {}), late]);
      if (hello.protocolVersion !== protocolVersion) {
        const found = hello.protocolVersion;
        throw new GradlensError(
          "GL8004",
          `expected an engine with protocol ${protocolVersion}, got ${found}; reinstall the extension`,
        );
      }
      this.options.log.info(`engine ${hello.version} ready, process ${hello.processId}`);
      this.change("ready", null);
      return child;
    } catch (error) {
      if (this.child !== child) {
        // It crashed while starting: the restart, if there is one, greets in its place.
        if (this.greeted && this.state !== "failed") return this.greeted;
        throw error;
      }
      this.end("the engine did not start");
      return this.fail(error instanceof Error ? error : new Error(text(error)));
    } finally {
      clearTimeout(timer);
    }
  }

  private fail(error: Error): Promise<never> {
    this.greeted = undefined;
    this.options.log.error(error.message);
    this.change("failed", sentence(error.message));
    return Promise.reject(error);
  }

  private send<M extends EngineMethod>(
    child: ChildProcess,
    method: M,
    params: EngineMethods[M]["params"],
    { signal, onResult, onProgress }: RequestOptions<M>,
  ): Promise<EngineMethods[M]["result"]> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        const message: EngineCancel = { type: "cancel", id };
        if (child.connected) child.send(message);
      };
      const settle = (): void => signal?.removeEventListener("abort", cancel);
      this.pending.set(id, {
        method,
        progress: (share, text) => onProgress?.(share, text),
        resolve: (result) => {
          settle();
          onResult?.(result as EngineMethods[M]["result"]);
          resolve(result as EngineMethods[M]["result"]);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      signal?.addEventListener("abort", cancel, { once: true });
      const request: EngineRequest<M> = { type: "request", id, method, params };
      child.send(request, (error) => {
        if (!error) return;
        this.pending
          .get(id)
          ?.reject(new GradlensError("GL8001", `the engine ended before it could take "${method}"; run it again`));
        this.pending.delete(id);
      });
    });
  }

  private receive(message: FromEngine): void {
    if (message.type === "event") {
      const expected = this.lastSequence + 1;
      this.lastSequence = message.sequence;
      if (message.sequence !== expected) {
        this.options.log.warn(`expected event ${expected} of the engine, got ${message.sequence}`);
        this.gaps.fire();
      }
      if (message.name === "progress") this.pending.get(message.id)?.progress(message.share, message.text);
      if (message.name === "log") this.options.log[message.level](message.text);
      this.events.fire(message);
      return;
    }
    const waiting = this.pending.get(message.id);
    this.pending.delete(message.id);
    if ("error" in message) {
      const { code, message: words, source } = message.error;
      waiting?.reject(new GradlensError(code, words, source ? { source } : {}));
    } else {
      waiting?.resolve(message.result);
    }
  }

  /** The process is gone without having been told to. */
  private ended(child: ChildProcess, cause: string, status: number | null): void {
    if (this.child !== child) return;
    this.options.log.error(`engine ended with ${cause}`);
    this.child = undefined;
    this.greeted = undefined;
    // Before the next engine is greeted, so that only requests of this one are rejected.
    this.rejectAll(new GradlensError("GL8001", `the engine ended with ${cause} before it answered; run it again`));
    const restarted = this.budget.take();
    if (!restarted) {
      const minutes = this.budget.windowMs / 60_000;
      const times = `${this.budget.limit + 1} times within ${minutes} minutes`;
      this.change("failed", `The engine ended ${times} (last: ${cause}) and is not started again.`);
    }
    this.crashes.fire({ cause, status, restarted });
    if (restarted) this.ready().catch(() => undefined);
  }

  private end(reason: string): void {
    const child = this.child;
    this.child = undefined;
    this.greeted = undefined;
    if (!child) return;
    // The listeners go first: on closing the window the log is gone before the process is.
    child.removeAllListeners();
    child.on("error", () => undefined);
    child.stderr?.removeAllListeners();
    child.stderr?.resume();
    child.kill();
    this.rejectAll(new GradlensError("GL8001", `${reason} before it answered`));
  }

  private rejectAll(error: Error): void {
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of waiting) reject(error);
  }

  private change(state: EngineState, message: string | null): void {
    if (state === this.current.state && message === this.current.message) return;
    this.current = { state, message };
    this.states.fire(this.current);
  }
}

function causeOf(status: number | null): string {
  if (status === engineExit.backendFailed) return "a failure of its back end";
  if (status === engineExit.memoryLimit) return "its memory above the limit";
  return `exit status ${status}`;
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const sentence = (words: string): string =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? "" : "."}`;

/** Gives out whole lines of what the process prints. */
function readLines(child: ChildProcess, give: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8");
    stream?.on("data", (chunk: string) => {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") give(line);
    });
  }
}
