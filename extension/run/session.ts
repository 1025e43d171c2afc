import { applyDelta } from "../../core/protocol/applyDelta";
import type {
  BiasRequest,
  CompareRequest,
  EngineMethods,
  TrainRequest,
  SweepRequest,
} from "../../core/protocol/engine";
import type { BiasRecord } from "../../core/protocol/bias";
import type { ComparisonRecord } from "../../core/protocol/comparison";
import type { RunDelta, RunSnapshot } from "../../core/protocol/snapshot";
import type { SweepRecord } from "../../core/protocol/sweep";
import type { RolloutRecord } from "../../core/protocol/trunks";
import type { WatchedView } from "../../core/protocol/watched";
import { GradlensError } from "../../core/errors";
import { Emitter, type Disposable } from "../emitter";
import type { EngineClient, EngineCrash, RequestOptions } from "../engineClient";

/** A run that ended with its engine. */
export interface LostRun {
  readonly snapshot: RunSnapshot;
  readonly crash: EngineCrash;
}

const activeStates = ["starting", "running", "paused"] as const;

/** A run that the engine works on, or would on resume. */
export type ActiveRun = RunSnapshot & { readonly state: (typeof activeStates)[number] };

export const isActive = (snapshot: RunSnapshot | null): snapshot is ActiveRun =>
  snapshot !== null && activeStates.some((state) => state === snapshot.state);

const sameModel = (a: RunSnapshot, b: RunSnapshot): boolean => a.file === b.file && a.exportName === b.exportName;

/**
 * The one run of the window and all that is known of it. Views read `snapshot`, follow `onDidDelta` and draw anew on
 * `onDidReplace`; they never ask the engine.
 */
export class Session implements Disposable {
  private current: RunSnapshot | null = null;
  private readonly replaced = new Emitter<RunSnapshot | null>();
  private readonly deltas = new Emitter<RunDelta>();
  private readonly lost = new Emitter<LostRun>();
  private readonly failed = new Emitter<RunSnapshot>();
  private readonly subscriptions: readonly Disposable[];

  readonly onDidReplace = this.replaced.event;
  readonly onDidDelta = this.deltas.event;
  /** The engine died under a run. */
  readonly onDidLose = this.lost.event;
  /** The engine ended a run because something is wrong with it, for example a loss that is not a number. */
  readonly onDidFail = this.failed.event;

  constructor(private readonly client: EngineClient) {
    this.subscriptions = [
      client.onEvent((event) => {
        if (event.name !== "delta") return;
        this.take(event.delta);
        if (event.delta.fields.state === "failed" && this.current) this.failed.fire(this.current);
      }),
      client.onGap(() => void this.resynchronise()),
      client.onCrash((crash) => this.lose(crash)),
      client.onDidChangeState(({ state }) => {
        if (state === "starting" || state === "stopped") this.leave();
      }),
    ];
  }

  get snapshot(): RunSnapshot | null {
    return this.current;
  }

  /** Starts a run; settles when the engine has loaded the model and begins to train. */
  async train(request: TrainRequest, signal?: AbortSignal): Promise<RunSnapshot> {
    return this.client.request("train", request, {
      onResult: (snapshot) => this.replace(snapshot),
      ...(signal ? { signal } : {}),
    });
  }

  pause(): Promise<RunSnapshot> {
    return this.control("pause");
  }

  resume(): Promise<RunSnapshot> {
    return this.control("resume");
  }

  stop(): Promise<RunSnapshot> {
    return this.control("stop");
  }

  async setEstimator(estimator: string): Promise<RunSnapshot> {
    const { runId } = this.activeRun();
    return this.client.request(
      "setEstimator",
      { runId, estimator },
      { onResult: (snapshot) => this.replace(snapshot) },
    );
  }

  /** Begins checks of bias beside training, or ends them where they go on. */
  async watchBias(): Promise<RunSnapshot> {
    const { runId, biasWatch } = this.activeRun();
    const on = !(biasWatch?.on ?? false);
    return this.client.request("watchBias", { runId, on }, { onResult: (snapshot) => this.replace(snapshot) });
  }

  /** Asks for the trunks of an example; they arrive as a delta, as everything does. */
  async trunks(example: number): Promise<void> {
    const run = this.current;
    if (!run || this.client.state !== "ready") return;
    const trunks = await this.client.request("trunks", { runId: run.runId, example });
    this.take({ runId: run.runId, sequence: 0, fields: { trunks } });
  }

  /** Tells the engine what is looked at; a snapshot that no run of the engine stands behind has nothing to measure. */
  async watch(views: readonly WatchedView[]): Promise<void> {
    const run = this.current;
    if (run?.views && this.client.state === "ready") await this.client.request("watch", { runId: run.runId, views });
  }

  /** Checks the bias of a run or a model file; the result is shown with the run, or by itself where there is none. */
  async checkBias(request: BiasRequest, options: RequestOptions<"bias"> = {}): Promise<BiasRecord> {
    const { record: bias, snapshot } = await this.client.request("bias", request, options);
    this.show(snapshot, { bias });
    return bias;
  }

  /** Shows a verdict that was found elsewhere, with the run or by itself. */
  showBias(snapshot: RunSnapshot, bias: BiasRecord): void {
    this.show(snapshot, { bias });
  }

  async compare(request: CompareRequest, options: RequestOptions<"compare"> = {}): Promise<ComparisonRecord> {
    const { record: comparison, snapshot } = await this.client.request("compare", request, options);
    this.show(snapshot, { comparison });
    return comparison;
  }

  async sweep(request: SweepRequest, options: RequestOptions<"sweep"> = {}): Promise<SweepRecord> {
    const { record, snapshot } = await this.client.request("sweep", request, options);
    const { current } = this;
    // One of each kind: a model file's sweeps are kept here alone.
    const kept = current && sameModel(current, snapshot) ? (current.sweeps ?? []) : (snapshot.sweeps ?? []);
    const sweeps = [...kept.filter(({ over }) => over !== record.over), record];
    this.show({ ...snapshot, sweeps }, { sweeps });
    return record;
  }

  /** Measures what MuProp's rollout would do at the run's parameters of now. */
  async measureRollout(signal: AbortSignal): Promise<RolloutRecord> {
    const { current } = this;
    if (!current) throw new GradlensError("GL8010", "no training run is active; start one with Run Training");
    const { runId } = current;
    const { record: rollout } = await this.client.request("rollout", { target: { kind: "run", runId } }, { signal });
    this.take({ runId, sequence: 0, fields: { rollout } });
    return rollout;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const emitter of [this.replaced, this.deltas, this.lost, this.failed]) emitter.dispose();
  }

  private control(method: "pause" | "resume" | "stop"): Promise<EngineMethods["stop"]["result"]> {
    const { runId } = this.activeRun();
    return this.client.request(method, { runId }, { onResult: (snapshot) => this.replace(snapshot) });
  }

  private activeRun(): RunSnapshot {
    if (isActive(this.current)) return this.current;
    throw new GradlensError("GL8010", "no training run is active; start one with Run Training");
  }

  private take(delta: RunDelta): void {
    // Deltas before the answer to "train" are in that answer's snapshot already.
    if (!this.current || delta.runId !== this.current.runId) return;
    this.current = applyDelta(this.current, delta);
    this.deltas.fire(delta);
  }

  /** A check never takes the place of a run that goes on, or of one of the same model. */
  private show(snapshot: RunSnapshot, fields: Pick<RunDelta["fields"], "bias" | "comparison" | "sweeps">): void {
    const { current } = this;
    if (current && (isActive(current) || sameModel(current, snapshot)))
      this.take({ runId: current.runId, sequence: 0, fields });
    else this.replace(snapshot);
  }

  private replace(next: RunSnapshot): void {
    // The engine keeps the checks of its runs; those of model files are kept here alone.
    const { bias = null, comparison = null, sweeps = [] } = this.current?.runId === next.runId ? this.current : {};
    const snapshot = {
      ...next,
      bias: next.bias ?? bias,
      comparison: next.comparison ?? comparison,
      sweeps: next.sweeps ?? sweeps,
    };
    this.current = snapshot;
    this.replaced.fire(snapshot);
  }

  private async resynchronise(): Promise<void> {
    const run = this.current;
    if (!isActive(run)) return;
    await this.client
      .request("snapshot", { runId: run.runId }, { onResult: (snapshot) => this.replace(snapshot) })
      .catch(() => undefined);
  }

  private lose(crash: EngineCrash): void {
    const run = this.current;
    if (!isActive(run)) return;
    const message = `The engine ended with ${crash.cause} at step ${run.step}; every logged step is kept.`;
    this.take({ runId: run.runId, sequence: 0, fields: { state: "failed", message, stepsPerSecond: null } });
    this.lost.fire({ snapshot: run, crash });
  }

  /** A person ended or restarted the engine under a run. */
  private leave(): void {
    const run = this.current;
    if (!isActive(run)) return;
    const message = `The engine was restarted at step ${run.step}; resume the run from its last checkpoint.`;
    this.take({ runId: run.runId, sequence: 0, fields: { state: "stopped", message, stepsPerSecond: null } });
  }
}
