import { tf } from "../backends/tf";
import { backends, type ChosenBackend, probeBackends, useBackend } from "../backends/registry";
import { GradlensError } from "../errors";
import {
  type BackendStatus,
  type EngineError,
  type CheckTarget,
  type EngineMethod,
  type EngineMethods,
  type EngineStatus,
  type FromEngine,
  protocolVersion,
  type ToEngine,
} from "../protocol/engine";
import type { RunSnapshot } from "../protocol/snapshot";
import type { SweepRecord } from "../protocol/sweep";
import { renderers } from "../report/formats";
import { checkBias } from "./checkBias";
import { recordCheck } from "./checkEvents";
import { listChecks } from "./checks/listChecks";
import { runTest } from "./checks/runTest";
import { type CheckSubject, subjectOfFile, subjectOfFolder, subjectOfRun } from "./checkSubject";
import { compare } from "./compare";
import { servingEstimators } from "./compareEstimators";
import { debugHandlers } from "./debug/handlers";
import { describe } from "./describe";
import { lintFixes } from "./fixes/lintFixes";
import type { SliceOptions } from "./inSlices";
import { lintFile } from "./lintFile";
import { isTypeScript } from "./modelLoader";
import { readReport } from "./readReport";
import { registries } from "./registries";
import { rollout } from "./rollout";
import { EnginePool } from "./pool/enginePool";
import type { TrainingRun } from "./run";
import { startRun } from "./startRun";
import { possibleSweeps, sweep } from "./sweep";
import type { CheckFields } from "./checkFields";

type Handlers = {
  readonly [M in EngineMethod]: (
    params: EngineMethods[M]["params"],
    signal: AbortSignal,
    id: number,
  ) => Promise<EngineMethods[M]["result"]>;
};

/** The engine's side of the protocol: answers requests one by one, tells of runs as they go. */
export class EngineServer {
  private backend: string | null = null;
  private readonly tried = new Map<string, BackendStatus>();
  private run: TrainingRun | null = null;
  private running: Promise<unknown> = Promise.resolve();
  private starting: Promise<unknown> = Promise.resolve();
  private sequence = 0;
  private readonly cancels = new Map<number, AbortController>();
  private readonly started = performance.now();
  private readonly pool = new EnginePool(() => this.run?.snapshot.state === "running");

  constructor(
    private readonly send: (message: FromEngine) => void,
    private readonly version: string,
    private readonly exit: (status: number) => void,
  ) {}

  async receive(message: ToEngine): Promise<void> {
    if (message.type === "cancel") {
      this.cancels.get(message.id)?.abort();
      return;
    }
    const { id, method, params } = message;
    const controller = new AbortController();
    this.cancels.set(id, controller);
    try {
      const handler = this.handlers[method] as
        ((params: unknown, signal: AbortSignal, id: number) => Promise<unknown>) | undefined;
      if (!handler)
        throw new GradlensError(
          "GL1701",
          `the engine knows no method "${String(method)}"; extension and engine are of different versions`,
        );
      const result = await handler(params, controller.signal, id);
      this.send({ type: "response", id, result });
    } catch (error) {
      this.send({ type: "response", id, error: this.asEngineError(error) });
    } finally {
      this.cancels.delete(id);
    }
  }

  private readonly handlers: Handlers = {
    hello: async ({ protocolVersion: theirs }) => {
      if (theirs !== protocolVersion)
        throw new GradlensError(
          "GL1702",
          `the engine speaks protocol ${protocolVersion}, the extension ${theirs}; reload the window after an update`,
        );
      return { protocolVersion, processId: process.pid, version: this.version };
    },
    registries: async () => registries(),
    describe: async ({ file, dataFolder }) => {
      await this.ensureBackend("auto");
      return { models: await describe(file, dataFolder) };
    },
    train: (params, signal) => {
      // One start at a time: of two that come together the second waits, then ends the first one's run.
      const start = this.starting.then(() => this.start(params, signal));
      this.starting = start.catch(() => undefined);
      return start;
    },
    pause: async ({ runId }) => {
      this.get(runId).pause();
      return this.get(runId).snapshot;
    },
    resume: async ({ runId }) => {
      this.get(runId).resume();
      return this.get(runId).snapshot;
    },
    stop: async ({ runId }) => {
      const run = this.get(runId);
      run.stop();
      await this.running;
      return run.snapshot;
    },
    setEstimator: async ({ runId, estimator }) => {
      this.get(runId).setEstimator(estimator);
      return this.get(runId).snapshot;
    },
    watchBias: async ({ runId, on }) => {
      this.get(runId).watchBias(on);
      return this.get(runId).snapshot;
    },
    snapshot: async ({ runId }) => this.get(runId).snapshot,
    trunks: async ({ runId, example, samples }) => this.get(runId).trunks(example, samples),
    watch: async ({ runId, views }) => {
      this.get(runId).watch(views);
      return null;
    },
    bias: async ({ target, ...request }, signal, id) => {
      const told = this.progressOf(id);
      const options = { ...this.slices(signal), onProgress: (share: number) => told(share, "") };
      return this.check(target, async (subject, { workersFor }) => ({
        bias: await checkBias(subject, request, { ...options, workersFor }),
      })).then(({ bias, snapshot }) => ({ record: bias, snapshot }));
    },
    compare: async ({ target, ...request }, signal, id) => {
      const options = { ...this.slices(signal), onProgress: this.progressOf(id) };
      return this.check(target, async (subject, { workersFor }) => ({
        comparison: await compare(subject, request, { ...options, workersFor }),
      })).then(({ comparison, snapshot }) => ({ record: comparison, snapshot }));
    },
    sweep: async ({ target, ...request }, signal, id) => {
      const told = this.progressOf(id);
      const options = { ...this.slices(signal), onProgress: (share: number) => told(share, "") };
      let record: SweepRecord | undefined;
      const { snapshot } = await this.check(target, async (subject, { sweeps, workersFor }) => {
        const made = await sweep(subject, request, { ...options, workersFor });
        record = made;
        return { sweeps: [...sweeps.filter(({ over }) => over !== made.over), made] };
      });
      return { record: record!, snapshot };
    },
    rollout: async ({ target, ...request }, signal, id) => {
      const told = this.progressOf(id);
      const options = { ...this.slices(signal), onProgress: (share: number) => told(share, "") };
      return this.check(target, async (subject) => ({ rollout: await rollout(subject, request, options) })).then(
        (result) => ({ record: result.rollout, snapshot: result.snapshot }),
      );
    },
    sweeps: async ({ target }) => {
      const subject = await this.subject(target);
      try {
        return { sweeps: possibleSweeps(subject), driving: subject.driving };
      } finally {
        subject.dispose();
      }
    },
    lint: async ({ file, dataFolder }, signal) => {
      await this.ensureBackend("auto");
      return lintFile(file, dataFolder, this.slices(signal));
    },
    lintFixes: async ({ file, text, finding }) => ({ fixes: lintFixes(text, isTypeScript(file), finding) }),
    report: async ({ runFolder, format }) => ({ text: renderers[format](readReport(runFolder)) }),
    serving: async ({ target }) => {
      const subject = await this.subject(target);
      try {
        const ids = servingEstimators(subject.prepared);
        return { estimators: registries().estimators.filter(({ id }) => ids.includes(id)), driving: subject.driving };
      } finally {
        subject.dispose();
      }
    },
    checks: async ({ file, dataFolder, backend }) => {
      await this.ensureFor(backend);
      const { file: path, checks } = await listChecks(file, dataFolder);
      return { file: path, checks };
    },
    runCheck: async ({ test, backend }, signal, id) => {
      await this.ensureFor(backend);
      const told = this.progressOf(id);
      let snapshot: RunSnapshot | null = null;
      const outcome = await runTest(
        test,
        { ...this.slices(signal), onProgress: (share) => told(share, "") },
        (subject) => void (snapshot = subject.snapshot(this.backend ?? "")),
      );
      return {
        outcome,
        snapshot: snapshot && outcome.bias ? { ...(snapshot as RunSnapshot), bias: outcome.bias } : null,
      };
    },
    ...debugHandlers((runId) => this.get(runId)),
    status: async () => this.status(),
    shutdown: async () => {
      this.run?.stop();
      await this.running;
      setImmediate(() => this.exit(0));
      return null;
    },
  };

  private async start(
    params: EngineMethods["train"]["params"],
    signal: AbortSignal,
  ): Promise<EngineMethods["train"]["result"]> {
    signal.throwIfAborted();
    this.run?.stop();
    await this.running;
    this.run?.dispose();
    this.run = null;
    const asked = params.backend ?? "auto";
    await this.ensureBackend(asked, params.without);
    signal.throwIfAborted();
    const run = await startRun(params, {
      backend: asked === "auto" ? asked : this.backend!,
      onBackend: (chosen) => this.adopt(chosen),
      folderByDefault: true,
      workers: this.pool.size,
      giveWay: () => this.pool.giveWay(),
      abandon: (status, reason) => {
        this.log("error", reason);
        setImmediate(() => this.exit(status));
      },
      onDelta: (delta) => this.send({ type: "event", sequence: ++this.sequence, name: "delta", delta }),
      onStop: (stop) => this.send({ type: "event", sequence: ++this.sequence, name: "stopped", stop }),
      onPrint: (text) => this.send({ type: "event", sequence: ++this.sequence, name: "print", text }),
    });
    if (signal.aborted) {
      run.dispose();
      throw new GradlensError("GL1703", "the start of the training run was cancelled");
    }
    this.run = run;
    // The answer goes out first, then the run's first delta.
    this.running = new Promise((next) => setImmediate(next))
      .then(() => run.run())
      .catch((error: unknown) => this.log("error", stackOf(error)));
    return run.snapshot;
  }

  private get(runId: string): TrainingRun {
    if (this.run?.id !== runId)
      throw new GradlensError(
        "GL1704",
        `there is no run "${runId}" in this engine; start it again or resume it from its folder`,
      );
    return this.run;
  }

  /** Opens a target, measures it and keeps the result where views find it. */
  private async check<R extends CheckFields>(
    target: CheckTarget,
    measure: (subject: CheckSubject, given: CheckGiven) => Promise<R>,
  ): Promise<R & { readonly snapshot: RunSnapshot }> {
    const run = target.kind === "run" ? this.get(target.runId) : null;
    const subject = await this.subject(target);
    try {
      const sweeps = run?.snapshot.sweeps ?? [];
      const result = await this.pool.during(run?.snapshot.backend ?? this.backend, (workersFor) =>
        measure(subject, { sweeps, workersFor }),
      );
      if (run && this.run === run) run.note(result);
      if (target.kind === "folder") recordCheck(target.runFolder, result, subject.step);
      return { ...result, snapshot: { ...(run?.snapshot ?? subject.snapshot(this.backend ?? "")), ...result } };
    } finally {
      subject.dispose();
    }
  }

  private async subject(target: CheckTarget): Promise<CheckSubject> {
    if (target.kind === "run") return subjectOfRun(this.get(target.runId));
    await this.ensureFor(target.backend);
    return target.kind === "file" ? subjectOfFile(target) : subjectOfFolder(target);
  }

  /** The asked back end, or the present one under a run that computes. */
  private ensureFor(backend = "auto"): Promise<void> {
    return this.ensureBackend(this.trains() ? "auto" : backend);
  }

  private slices(signal: AbortSignal): Omit<SliceOptions, "onProgress"> {
    return { signal, busy: () => this.run?.snapshot.state === "running" };
  }

  /** Tells how far a request is, at most ten times a second. */
  private progressOf(id: number): (share: number, text: string) => void {
    let told = { at: -Infinity, text: "" };
    return (share, text) => {
      const now = performance.now();
      if (now - told.at < 100 && text === told.text) return;
      told = { at: now, text };
      this.send({ type: "event", sequence: ++this.sequence, name: "progress", id, share, text });
    };
  }

  private trains(): boolean {
    const state = this.run?.snapshot.state;
    return state === "starting" || state === "running" || state === "paused";
  }

  private async ensureBackend(id: string, without: readonly string[] = []): Promise<void> {
    const { backend } = this;
    if (backend !== null && (id === "auto" ? !without.includes(backend) : id === backend)) return;
    this.adopt(await useBackend(id, without));
  }

  /** Notes what has been made the current back end, and says so. */
  private adopt(chosen: ChosenBackend): void {
    this.backend = chosen.id;
    const title = backends.find((backend) => backend.id === chosen.id)?.title ?? chosen.id;
    this.remember([...chosen.refused, { id: chosen.id, title, available: true, reason: chosen.reason }]);
    const refused = chosen.refused.map((status) => `${status.id}: ${status.reason}`).join("; ");
    this.log("info", `back end ${chosen.id}: ${chosen.reason}${refused ? ` (refused: ${refused})` : ""}`);
  }

  private remember(statuses: readonly BackendStatus[]): void {
    for (const status of statuses) this.tried.set(status.id, status);
  }

  /** What is known of every back end. Trying one makes it the current one, so none is tried under a run that computes. */
  private async backendStatuses(): Promise<readonly BackendStatus[]> {
    if (!this.trains()) this.remember(await probeBackends());
    return backends.map(
      ({ id, title }) =>
        this.tried.get(id) ?? {
          id,
          title,
          available: false,
          reason: "not tried while a run is going on",
          tried: false,
        },
    );
  }

  private async status(): Promise<EngineStatus> {
    const { numTensors, numBytes } = tf.memory();
    return {
      processId: process.pid,
      node: process.version,
      backend: this.backend,
      backends: await this.backendStatuses(),
      tensors: numTensors,
      tensorBytes: numBytes,
      residentBytes: process.memoryUsage().rss,
      uptimeMs: performance.now() - this.started,
      runId: this.run?.id ?? null,
    };
  }

  private asEngineError(error: unknown): EngineError {
    if (error instanceof GradlensError)
      return { code: error.code, message: error.message, ...(error.source ? { source: error.source } : {}) };
    if (error instanceof DOMException && error.name === "AbortError")
      return { code: "GL1703", message: "the request was cancelled" };
    this.log("error", stackOf(error));
    return {
      code: "GL1700",
      message: `the engine met an unexpected error: ${error instanceof Error ? error.message.split("\n")[0]! : String(error)}`,
    };
  }

  private log(level: "info" | "error", text: string): void {
    this.send({ type: "event", sequence: ++this.sequence, name: "log", level, text });
  }
}

/** What a check may use besides its subject. */
interface CheckGiven {
  readonly sweeps: readonly SweepRecord[];
  readonly workersFor: NonNullable<SliceOptions["workersFor"]>;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
