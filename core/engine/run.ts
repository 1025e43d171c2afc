import { BackendFailure } from "../backends/backendFailure";
import { batchesPerEpoch } from "../data/batches";
import { GradlensError } from "../errors";
import { type EngineExit, engineExit } from "../protocol/engineExit";
import { refuseFewSamples } from "../estimators/refuseUnsuited";
import type { Workers } from "../diagnostics/chunks/chunks";
import type { OptimizerOptions } from "../model/defineModel";
import type { RunSnapshot } from "../protocol/snapshot";
import type { TrunkRecord } from "../protocol/trunks";
import type { WatchedView } from "../protocol/watched";
import { createOptimizer } from "../training/optimizers/registry";
import type { Optimizer } from "../training/optimizers/optimizer";
import { refinedNode } from "../training/refinement";
import { EarlyStop } from "../training/earlyStop";
import { scheduleFactor } from "../training/schedule";
import { BesideTraining } from "./besideTraining";
import { checkEvents, recordCheck } from "./checkEvents";
import type { CheckFields } from "./checkFields";
import { type Found, StepDebugger } from "./debug/stepDebugger";
import type { DebugSubject } from "./debug/stepView";
import { evaluateLikelihood } from "./evaluateLikelihood";
import { movedSettings } from "./movedSettings";
import { holdMemoryLimit, MemoryLimit } from "./memoryLimit";
import { WorkerPool } from "./pool/workerPool";
import type { Prepared, Training } from "./prepare";
import { RunCheckpoints, restoreTrained, type Trained } from "./runCheckpoints";
import { evaluateRun, stoppingValue } from "./runEvaluation";
import { readEvents, RunFolder } from "./runFolder";
import { RunLog } from "./runLog";
import type { RunOptions } from "./runOptions";
import { firstSnapshot, runManifest } from "./runManifest";
import { checksBefore, runRecords } from "./runRecords";
import { labelledGraph, modelText, newRunId } from "./runText";
import { type Drawn, trainStep } from "./trainStep";
import { watchableViews } from "./watched/registry";

const DELTA_INTERVAL_MS = 100;

/** One training run: the loop and its state. */
export class TrainingRun {
  readonly id: string;
  /** Stops and looks at steps; null but in a debug session. */
  readonly debugger: StepDebugger | null;
  private readonly log: RunLog;
  private readonly optimizer: Optimizer;
  private readonly checkpoints: RunCheckpoints;
  private readonly earlyStop: EarlyStop;
  private readonly beside: BesideTraining;
  private readonly perEpoch: number | null;
  private readonly baseRate: number;
  private estimators: Prepared["estimators"];
  private specs: Prepared["specs"];
  private step = 0;
  private stopping = false;
  private started = false;
  private paused: { readonly promise: Promise<void>; readonly resume: () => void } | null = null;
  private lastDelta = 0;
  private rate = { step: 0, time: performance.now(), perSecond: null as number | null };

  constructor(private readonly options: RunOptions) {
    const { prepared, resume } = options;
    const { definition, dataset, batchSize } = prepared;
    this.estimators = prepared.estimators;
    this.specs = prepared.specs;
    const optimizerOptions: OptimizerOptions = {
      ...((resume?.manifest.optimizer as OptimizerOptions | undefined) ??
        definition.options.optimizer ?? { id: "adam" }),
      ...(options.learningRate === undefined ? {} : { learningRate: options.learningRate }),
    };
    this.optimizer = createOptimizer(optimizerOptions);
    this.baseRate = this.optimizer.learningRate;
    this.perEpoch = dataset ? batchesPerEpoch(dataset.train, batchSize) : null;
    this.id = resume?.manifest.runId ?? newRunId(definition.name);
    if (resume) this.step = restoreTrained(this.trained, definition.name, resume.checkpoint);
    this.rate = { ...this.rate, step: this.step };
    const steps = this.totalSteps();
    const manifest = runManifest(options, this.id, optimizerOptions);
    const given = resume?.folder ?? options.runFolder;
    const path = typeof given === "function" ? given(this.id) : given;
    const folder =
      path === null
        ? null
        : resume
          ? RunFolder.open(path).folder
          : RunFolder.create(path, manifest, modelText(prepared.file));
    this.checkpoints = new RunCheckpoints(folder, resume ? this.step : -1);
    const shapes = new Map(prepared.instance.parameters.map(({ name, shape }) => [name, shape]));
    const events = resume ? readEvents(resume.folder) : [];
    const before = runRecords(events, this.step, shapes);
    this.earlyStop = new EarlyStop(definition.options.earlyStop);
    for (const { value } of before.evaluations.filter(
      ({ name, step }) => name === stoppingValue(prepared) && step !== steps,
    ))
      this.earlyStop.shouldStop(value);
    const first = firstSnapshot(options, manifest, {
      ...{ step: this.step, steps, epoch: this.epochOf(this.step), before },
      ...{ learningRate: this.baseRate, runFolder: folder?.path ?? null },
      views: watchableViews({ prepared, estimators: this.estimators }),
    });
    this.log = new RunLog(first, folder, folder?.tensorBoard(this.step) ?? null, options.onDelta);
    this.beside = new BesideTraining(options, this.log, checksBefore(events, this.step));
    this.debugger = options.debug
      ? new StepDebugger(options.debug, this.id, () => this.debugSubject(), options.debug)
      : null;
    const { backend, versions: computing } = manifest;
    this.log.event("start", resume ? { resumed: true, backend, versions: computing } : { ...manifest });
  }

  get snapshot(): RunSnapshot {
    return this.log.snapshot;
  }

  /** What a check of bias copies: the model, and the estimators that it trains with now. */
  get measurable(): {
    readonly prepared: Prepared;
    readonly exportName: string;
    readonly estimators: Prepared["estimators"];
  } {
    const { prepared, exportName } = this.options;
    return { prepared, exportName, estimators: this.estimators };
  }

  private debugSubject(): DebugSubject {
    const { estimators, step, learningRate } = this;
    const variance = this.snapshot.variance.at(-1) ?? null;
    return { prepared: this.options.prepared, estimators, step, learningRate, variance };
  }

  /** Takes over a check's result, so that views that open later see it. */
  note(record: CheckFields): void {
    this.log.set(record);
    const { step, runFolder } = this.snapshot;
    if (this.log.ended && runFolder !== null) recordCheck(runFolder, record, step);
    for (const { type, ...fields } of checkEvents(record, step)) this.log.event(type, fields);
    this.log.flush();
  }

  get secondsPerStep(): number | null {
    return this.beside.secondsPerStep;
  }

  /** Runs to the end; resolves with the last snapshot, also after a failure, which is in its message. */
  async run(): Promise<RunSnapshot> {
    const total = this.totalSteps();
    this.started = true;
    if (!this.paused) this.log.set({ state: "running" });
    try {
      // A run that dies before its first regular checkpoint can be resumed, too.
      this.checkpoint();
      while (!this.stopping && (total === null || this.step < total)) {
        if (this.paused) await this.waitWhilePaused();
        await this.halt(this.debugger?.ahead() ?? null);
        if (this.stopping) break;
        const held = this.trainStep(true);
        if (held) {
          await this.halt(held);
          if (this.stopping) break;
          this.trainStep(false);
        }
        this.beside.measure(this.step, this.training);
        await this.tick();
        if (this.perEpoch !== null && this.step % this.perEpoch === 0 && this.step !== total) {
          const value = await this.evaluate(this.options.evaluationExamples, false);
          this.checkpoint();
          if (value !== null && this.earlyStop.shouldStop(value)) {
            this.log.event("early-stop", { value });
            break;
          }
        }
      }
      if (!this.stopping) await this.evaluateAtEnd();
      await this.beside.finishChecks(this.step, this.training, () => this.stopping);
      this.beside.lookOnceMore(this.step, this.training);
      this.checkpoint();
      this.end(this.stopping ? "stopped" : "finished", null);
    } catch (error) {
      const status = exitStatusOf(error);
      if (status !== null && this.options.abandon) {
        this.log.flush();
        this.options.abandon(status, (error as Error).message);
        return this.snapshot;
      }
      this.end(
        "failed",
        error instanceof GradlensError
          ? error.message
          : `the engine met an unexpected error: ${error instanceof Error ? error.message.split("\n")[0]! : String(error)}`,
      );
      if (!(error instanceof GradlensError)) throw error;
    } finally {
      this.log.close();
    }
    return this.snapshot;
  }

  pause(): void {
    if (this.debugger && !this.paused) this.debugger.stopBefore("pause");
    else this.wait();
  }

  private wait(): void {
    if (this.paused || !(this.snapshot.state === "running" || this.snapshot.state === "starting")) return;
    let resume = (): void => undefined;
    const promise = new Promise<void>((done) => (resume = done));
    this.paused = { promise, resume };
    this.log.set({ state: "paused" });
  }

  resume(): void {
    if (!this.paused) return;
    // Before the loop goes on, so that the answer to "resume" does not say "paused".
    this.log.set({ state: "running" });
    this.paused.resume();
    this.paused = null;
  }

  /** Ends the run after the step in hand. */
  stop(): void {
    this.stopping = true;
    this.paused?.resume();
    this.paused = null;
  }

  /** Takes effect at the next step; baselines start anew. */
  setEstimator(text: string): void {
    const { prepared } = this.options;
    const chosen = prepared.chooseEstimators(text);
    const { inference } = prepared.definition.options;
    try {
      refuseFewSamples(chosen.specs, prepared.numSamples);
      if (inference) refinedNode(inference, prepared.structure, prepared.objective, chosen.specs);
    } catch (error) {
      for (const estimator of chosen.estimators.values()) estimator.dispose();
      throw error;
    }
    if (this.estimators !== this.options.prepared.estimators)
      for (const estimator of this.estimators.values()) estimator.dispose();
    this.estimators = chosen.estimators;
    this.specs = chosen.specs;
    this.beside.changed();
    this.debugger?.changed();
    const views = watchableViews({ prepared, estimators: this.estimators });
    this.log.set({ estimator: chosen.text, graph: labelledGraph(prepared, chosen.specs), views });
    this.log.append({ changes: [{ step: this.step, estimator: chosen.text }] });
    this.log.event("estimator", { estimator: chosen.text });
    this.log.flush();
  }

  /** Mean-field and sampled trunks of an example of the test set (or of the noise alone without a data set). */
  trunks(example: number, samples?: number): TrunkRecord {
    return this.beside.trunks(example, samples, this.step);
  }

  /** Begins or ends checks of bias beside training, one after the other. */
  watchBias(on: boolean): void {
    this.beside.watchBias(on);
    this.log.flush();
  }

  /** Measures these views from now on while it trains, and at once where it stands still. */
  watch(views: readonly WatchedView[]): void {
    this.beside.watch(views);
    if (this.snapshot.state === "running" || this.snapshot.state === "starting") return;
    this.beside.catchUp(this.step, this.training);
    this.log.flush();
  }

  dispose(): void {
    if (!this.started) {
      this.end("stopped", null);
      this.log.close();
    }
    this.beside.dispose();
    this.optimizer.dispose();
    if (this.estimators !== this.options.prepared.estimators)
      for (const estimator of this.estimators.values()) estimator.dispose();
    this.options.prepared.dispose();
  }

  private get training(): Training {
    return { specs: this.specs, estimators: this.estimators };
  }

  private get learningRate(): number {
    const { schedule } = this.options.prepared.definition.options;
    return this.baseRate * scheduleFactor(schedule, this.step, this.totalSteps());
  }

  /** @returns what holds the step back, its update then not made; null when it was made */
  private trainStep(inspected: boolean): Found | null {
    const { prepared } = this.options;
    const began = performance.now();
    let held: Found | null = null;
    const watching = inspected && this.debugger?.watches ? this.debugger : null;
    const inspect =
      watching &&
      ((value: number, drawn: Drawn): boolean => {
        const { stop, usable } = watching.inspect(value, drawn);
        held = stop;
        return usable;
      });
    const loss = trainStep(
      prepared,
      this.estimators,
      this.optimizer,
      this.step,
      this.learningRate,
      ...(inspect ? [inspect] : []),
    );
    if (loss === null) return held ?? this.trainStep(false);
    this.step++;
    this.beside.stepTook(performance.now() - began);
    this.log.set({ step: this.step, epoch: this.epochOf(this.step) });
    this.log.append({ loss: [[this.step, loss]] });
    this.log.event("loss", { value: loss });
    this.log.tensorBoard?.scalar("loss", this.step, loss);
    return null;
  }

  /** Stands still until somebody lets the run go on. */
  private async halt(stop: Found | null): Promise<void> {
    if (!stop || !this.debugger) return;
    this.wait();
    this.log.set({ stepsPerSecond: null });
    this.log.flush();
    this.debugger.stopped(stop);
    while (this.paused && !this.stopping) await this.paused.promise;
    this.debugger.left();
    this.goOn();
  }

  private async evaluateAtEnd(): Promise<void> {
    const { prepared, backend, workers: size = 0, finalEvaluationExamples: limit } = this.options;
    const pool = new WorkerPool({ size, backend });
    const workers = pool.workersFor(prepared);
    try {
      await this.evaluate(limit, true, workers);
      if (!this.stopping) await this.evaluateLikelihood(workers);
    } finally {
      pool.dispose();
    }
  }

  private async evaluate(limit: number, final: boolean, workers?: Workers): Promise<number | null> {
    const { prepared } = this.options;
    const stop = (): boolean => this.stopping;
    const records = await evaluateRun(prepared, this.estimators, { step: this.step, limit, final, stop, workers });
    if (!records) return null;
    this.log.evaluations(records);
    return records[0]?.value ?? null;
  }

  private async evaluateLikelihood(workers: Workers | undefined): Promise<void> {
    const { prepared, likelihoodSamples: K, finalEvaluationExamples: limit } = this.options;
    if (K === undefined || !prepared.dataset) return;
    const { test } = prepared.dataset;
    const stop = (): boolean => this.stopping;
    const record = await evaluateLikelihood(prepared, "test/log-likelihood", test, this.step, K, limit, stop, workers);
    if (!record) return;
    const { step, name, value, standardError, samples } = record;
    this.log.evaluations([{ step, name, value, standardError, samples }]);
  }

  /** Lets messages in and changes out. */
  private async tick(): Promise<void> {
    const now = performance.now();
    if (now - this.lastDelta < DELTA_INTERVAL_MS) {
      // Messages are read between steps even when no delta is due, at most every few milliseconds.
      if (this.step % 4 === 0) await new Promise((next) => setImmediate(next));
      return;
    }
    if (now - this.rate.time > 500) {
      this.rate = {
        step: this.step,
        time: now,
        perSecond: ((this.step - this.rate.step) * 1000) / (now - this.rate.time),
      };
      this.log.set({ stepsPerSecond: this.rate.perSecond });
    }
    if (this.checkpoints.due) this.checkpoint();
    this.beside.look(this.step, this.training);
    this.noteSettings();
    this.log.flush();
    const { abandon, memoryLimitBytes, giveWay } = this.options;
    if (abandon) holdMemoryLimit(memoryLimitBytes, () => this.checkpoint(), giveWay);
    this.lastDelta = now;
    await new Promise((next) => setImmediate(next));
  }

  private async waitWhilePaused(): Promise<void> {
    this.checkpoint();
    this.log.set({ stepsPerSecond: null });
    this.beside.catchUp(this.step, this.training);
    this.log.flush();
    while (this.paused && !this.stopping) await this.paused.promise;
    this.goOn();
  }

  private goOn(): void {
    this.rate = { step: this.step, time: performance.now(), perSecond: null };
    if (!this.stopping) this.log.set({ state: "running" });
    this.log.flush();
  }

  /** Tells of what estimators move, while there is something or has been. */
  private noteSettings(): void {
    const settings = movedSettings(this.specs, this.estimators);
    if (settings.length > 0 || this.snapshot.settings) this.log.set({ settings });
  }

  private end(state: "finished" | "stopped" | "failed", message: string | null): void {
    this.noteSettings();
    this.log.end(state, message, this.rate.perSecond);
  }

  private get trained(): Trained {
    return { instance: this.options.prepared.instance, optimizer: this.optimizer, estimators: this.estimators };
  }

  private checkpoint(): void {
    this.checkpoints.write(this.trained, this.log);
  }

  private totalSteps(): number | null {
    const { steps, epochs } = this.options;
    if (steps !== null) return steps;
    return epochs !== null && this.perEpoch !== null ? epochs * this.perEpoch : null;
  }

  private epochOf(step: number): number {
    return this.perEpoch === null ? 0 : Math.floor(step / this.perEpoch);
  }
}

/** The status with which a process ends so that its run goes on in another one, or null: the run's own failure. */
function exitStatusOf(error: unknown): EngineExit | null {
  if (error instanceof BackendFailure) return engineExit.backendFailed;
  return error instanceof MemoryLimit ? engineExit.memoryLimit : null;
}
