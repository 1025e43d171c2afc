import { tf } from "../backends/tf";
import { batchesPerEpoch, gather } from "../data/batches";
import { GradlensError } from "../errors";
import { refuseFewSamples } from "../estimators/refuseUnsuited";
import type { DataInputs, OptimizerOptions } from "../model/defineModel";
import type {
  BiasRecord,
  ComparisonRecord,
  EvaluationRecord,
  RunDelta,
  RunSnapshot,
  TrunkRecord,
} from "../protocol/snapshot";
import { createOptimizer } from "../training/optimizers/registry";
import type { Optimizer } from "../training/optimizers/optimizer";
import { refinedNode } from "../training/refinement";
import { EarlyStop } from "../training/earlyStop";
import { scheduleFactor } from "../training/schedule";
import { measureTrunks } from "../diagnostics/trunks";

import {
  checkpointTensors,
  firstNonFinite,
  restoreEstimators,
  restoreOptimizer,
  restoreParameters,
} from "./checkpoint";
import { DiagnosticsSchedule, MEASURED_EXAMPLES } from "./diagnosticsSchedule";
import { evaluateLikelihood } from "./evaluateLikelihood";
import { evaluateRefinement } from "./evaluateRefinement";
import { evaluateSplit } from "./evaluateSplit";
import { nonFinite } from "./explainNonFinite";
import { guard, type Prepared } from "./prepare";
import { type readCheckpoint, readEvents, RunFolder, type RunEvent, type RunManifest } from "./runFolder";
import { RunHistory } from "./runHistory";
import { runRecords } from "./runRecords";
import { labelledGraph, modelText, newRunId, optimizerText } from "./runText";
import type { TensorBoardLog } from "./tensorboard";
import { trainStep } from "./trainStep";

export interface RunOptions {
  readonly prepared: Prepared;
  readonly exportName: string;
  readonly backend: string;
  /** Null: until stopped. */
  readonly steps: number | null;
  readonly epochs: number | null;
  readonly learningRate?: number;
  readonly dataFolder: string | null;
  /** Where a new run writes, given its id; null: nowhere. */
  readonly runFolder: string | ((runId: string) => string) | null;
  readonly diagnosticsInterval: number | null;
  readonly diagnosticsBudget: number;
  /** Examples of the validation and test sets used after an epoch; all when the run ends. */
  readonly evaluationExamples: number;
  readonly finalEvaluationExamples: number;
  /** K of the test likelihood when the run ends; none when left out. */
  readonly likelihoodSamples?: number;
  /** Continue from this checkpoint, in the folder it lies in. */
  readonly resume?: {
    readonly folder: string;
    readonly manifest: RunManifest;
    readonly checkpoint: ReturnType<typeof readCheckpoint>;
  };
  readonly onDelta: (delta: RunDelta) => void;
}

/** Samples with which a multi-sample objective is evaluated (seed 1, section 5.1). */
const EVALUATION_SAMPLES = 100;
const DELTA_INTERVAL_MS = 100;
const CHECKPOINT_INTERVAL_MS = 30_000;

/** One training run: the loop, its state, its folder and its events. */
export class TrainingRun {
  readonly id: string;
  private readonly history: RunHistory;
  private readonly optimizer: Optimizer;
  private readonly optimizerOptions: OptimizerOptions;
  private readonly folder: RunFolder | null;
  private readonly tensorBoard: TensorBoardLog | null;
  private readonly earlyStop: EarlyStop;
  private readonly diagnostics: DiagnosticsSchedule;
  private readonly perEpoch: number | null;
  private readonly pendingEvents: RunEvent[] = [];
  private readonly baseRate: number;
  private estimators: Prepared["estimators"];
  private step = 0;
  private sequence = 0;
  private stopping = false;
  private started = false;
  private closed = false;
  private paused: { readonly promise: Promise<void>; readonly resume: () => void } | null = null;
  private lastDelta = 0;
  /** The example that the panels look at, when its trunks are due again, and whether they can be measured at all. */
  private trunkView = { example: 0, due: 0, working: true };
  private lastCheckpoint = Date.now();
  private checkpointedStep = -1;
  private rate = { step: 0, time: performance.now(), perSecond: null as number | null };

  constructor(private readonly options: RunOptions) {
    const { prepared, resume } = options;
    const { definition, dataset, batchSize } = prepared;
    this.estimators = prepared.estimators;
    this.optimizerOptions = {
      ...((resume?.manifest.optimizer as OptimizerOptions | undefined) ??
        definition.options.optimizer ?? { id: "adam" }),
      ...(options.learningRate === undefined ? {} : { learningRate: options.learningRate }),
    };
    this.optimizer = createOptimizer(this.optimizerOptions);
    this.baseRate = this.optimizer.learningRate;
    this.perEpoch = dataset ? batchesPerEpoch(dataset.train, batchSize) : null;
    this.diagnostics = new DiagnosticsSchedule(options.diagnosticsInterval, options.diagnosticsBudget);
    const startedAt = new Date();
    this.id = resume?.manifest.runId ?? newRunId(definition.name);
    if (resume) this.restore(resume.checkpoint);
    const steps = this.totalSteps();
    const manifest = {
      version: 1 as const,
      runId: this.id,
      model: definition.name,
      file: prepared.file,
      exportName: options.exportName,
      objective: prepared.objective.id,
      estimator: prepared.estimatorText,
      optimizer: this.optimizerOptions,
      dataset: dataset?.id ?? null,
      dataFolder: options.dataFolder,
      batchSize,
      samples: prepared.numSamples,
      seed: prepared.seed,
      steps: options.steps,
      epochs: options.epochs,
      backend: options.backend,
      startedAt: startedAt.toISOString(),
    };
    const given = resume?.folder ?? options.runFolder;
    const path = typeof given === "function" ? given(this.id) : given;
    this.folder =
      path === null
        ? null
        : resume
          ? RunFolder.open(path).folder
          : RunFolder.create(path, manifest, modelText(prepared.file));
    this.tensorBoard = this.folder?.tensorBoard(this.step) ?? null;
    const shapes = new Map(prepared.instance.parameters.map(({ name, shape }) => [name, shape]));
    const before = runRecords(resume ? readEvents(resume.folder) : [], this.step, shapes);
    this.earlyStop = new EarlyStop(definition.options.earlyStop);
    for (const { value } of before.evaluations.filter(
      ({ name, step }) => name === this.stoppingValue() && step !== steps,
    ))
      this.earlyStop.shouldStop(value);
    this.history = new RunHistory({
      runId: this.id,
      state: "starting",
      model: definition.name,
      file: prepared.file,
      exportName: options.exportName,
      objective: prepared.objective.id,
      estimator: prepared.estimatorText,
      optimizer: optimizerText(this.optimizerOptions, this.baseRate),
      dataset: dataset?.id ?? null,
      backend: options.backend,
      seed: prepared.seed,
      batchSize,
      step: this.step,
      steps,
      epoch: this.epochOf(this.step),
      epochs: options.epochs,
      stepsPerSecond: null,
      diagnosticsShare: null,
      ...before,
      graph: labelledGraph(prepared, prepared.specs),
      trunks: null,
      runFolder: this.folder?.path ?? null,
      message: null,
    });
    this.event("start", resume ? { resumed: true } : { ...manifest });
  }

  get snapshot(): RunSnapshot {
    return this.history.current;
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

  /** Takes over a check's result, so that views that open later see it. */
  note(record: { readonly bias: BiasRecord } | { readonly comparison: ComparisonRecord }): void {
    this.history.set(record);
    if (this.closed) return this.emit();
    for (const [type, value] of Object.entries(record)) this.event(type, { ...value });
    this.flush();
  }

  get secondsPerStep(): number | null {
    return this.diagnostics.secondsPerStep;
  }

  /** Runs to the end; resolves with the last snapshot, also after a failure, which is in its message. */
  async run(): Promise<RunSnapshot> {
    const total = this.totalSteps();
    this.started = true;
    if (!this.paused) this.history.set({ state: "running" });
    try {
      // A run that dies before its first regular checkpoint can be resumed, too.
      this.checkpoint();
      while (!this.stopping && (total === null || this.step < total)) {
        if (this.paused) await this.waitWhilePaused();
        if (this.stopping) break;
        this.trainStep();
        if (this.diagnostics.due(this.step)) this.measure();
        await this.tick();
        if (this.perEpoch !== null && this.step % this.perEpoch === 0 && this.step !== total) {
          const value = await this.evaluate(this.options.evaluationExamples, false);
          this.checkpoint();
          if (value !== null && this.earlyStop.shouldStop(value)) {
            this.event("early-stop", { value });
            break;
          }
        }
      }
      if (!this.stopping) await this.evaluate(this.options.finalEvaluationExamples, true);
      if (!this.stopping) await this.evaluateLikelihood();
      this.checkpoint();
      this.end(this.stopping ? "stopped" : "finished", null);
    } catch (error) {
      this.end(
        "failed",
        error instanceof GradlensError
          ? error.message
          : `the engine met an unexpected error: ${error instanceof Error ? error.message.split("\n")[0]! : String(error)}`,
      );
      if (!(error instanceof GradlensError)) throw error;
    } finally {
      this.close();
    }
    return this.snapshot;
  }

  pause(): void {
    if (this.paused || !(this.snapshot.state === "running" || this.snapshot.state === "starting")) return;
    let resume = (): void => undefined;
    const promise = new Promise<void>((done) => (resume = done));
    this.paused = { promise, resume };
    this.history.set({ state: "paused" });
  }

  resume(): void {
    if (!this.paused) return;
    // Before the loop goes on, so that the answer to "resume" does not say "paused".
    this.history.set({ state: "running" });
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
    this.diagnostics.reset();
    this.history.set({ estimator: chosen.text, graph: labelledGraph(this.options.prepared, chosen.specs) });
    this.history.append({ changes: [{ step: this.step, estimator: chosen.text }] });
    this.event("estimator", { estimator: chosen.text });
    this.flush();
  }

  /** Mean-field and sampled trunks of an example of the test set (or of the noise alone without a data set). */
  trunks(example: number, samples = 64): TrunkRecord {
    const record = this.measureTrunks(example, samples);
    this.trunkView.example = example;
    return record;
  }

  /** Keeps the trunks of the example in view up to date, for at most 2 % of the time. */
  private refreshTrunks(now: number): void {
    if (!this.trunkView.working || now < this.trunkView.due) return;
    try {
      this.measureTrunks(this.trunkView.example, 64);
    } catch (error) {
      // A model whose text cannot take means as values still trains; its trunks stay unknown.
      if (!(error instanceof GradlensError)) throw error;
      this.trunkView.working = false;
    }
    const done = performance.now();
    this.trunkView.due = done + Math.max(2000, 50 * (done - now));
  }

  private measureTrunks(example: number, samples: number): TrunkRecord {
    const { prepared } = this.options;
    const split = prepared.dataset?.test ?? null;
    if (split && !(Number.isInteger(example) && example >= 0 && example < split.size)) {
      throw new GradlensError(
        "GL1610",
        `example ${example} does not exist; the test set has examples 0 to ${split.size - 1}`,
      );
    }
    const batch = split ? gather(split, Uint32Array.of(example)) : null;
    const data: DataInputs = batch
      ? Object.fromEntries(
          Object.entries(batch.inputs).map(([name, { shape, values }]) => [name, tf.tensor(values, [1, ...shape])]),
        )
      : {};
    const images = Object.fromEntries(Object.entries(split?.inputs ?? {}).map(([name, { image }]) => [name, image]));
    try {
      const record = guard(prepared.file, () =>
        measureTrunks({
          instance: prepared.instance,
          objective: prepared.objective,
          data,
          images,
          example,
          samples,
          seed: prepared.seed,
          step: this.step,
        }),
      );
      this.history.set({ trunks: record });
      return record;
    } finally {
      tf.dispose(Object.values(data));
    }
  }

  dispose(): void {
    if (!this.started) {
      this.end("stopped", null);
      this.close();
    }
    this.optimizer.dispose();
    if (this.estimators !== this.options.prepared.estimators)
      for (const estimator of this.estimators.values()) estimator.dispose();
    this.options.prepared.dispose();
  }

  private trainStep(): void {
    const { prepared } = this.options;
    const began = performance.now();
    const learningRate =
      this.baseRate * scheduleFactor(prepared.definition.options.schedule, this.step, this.totalSteps());
    const loss = trainStep(prepared, this.estimators, this.optimizer, this.step, learningRate);
    this.step++;
    this.diagnostics.stepTook(performance.now() - began);
    this.history.set({ step: this.step, epoch: this.epochOf(this.step) });
    this.history.append({ loss: [[this.step, loss]] });
    this.event("loss", { value: loss });
    this.tensorBoard?.scalar("loss", this.step, loss);
  }

  private measure(): void {
    const { prepared } = this.options;
    const data = prepared.batch(this.step, MEASURED_EXAMPLES);
    try {
      const record = guard(prepared.file, () => this.diagnostics.measure(prepared, this.estimators, data, this.step));
      this.history.append({ variance: [record] });
      this.history.set({ diagnosticsShare: this.diagnostics.share });
      this.tensorBoard?.variance(record);
      this.event("variance", {
        elapsedMs: record.elapsedMs,
        parameters: record.parameters.map(({ shape: _, ...rest }) => rest),
      });
    } finally {
      tf.dispose(Object.values(data));
    }
  }

  private async evaluate(limit: number, final: boolean): Promise<number | null> {
    const { prepared } = this.options;
    const { dataset, objective } = prepared;
    if (!dataset) return null;
    const samples = objective.additive
      ? 1
      : objective.needs === "program-observe"
        ? EVALUATION_SAMPLES
        : prepared.numSamples;
    const records: EvaluationRecord[] = [];
    for (const [name, split] of [
      ["valid", dataset.valid],
      ["test", final || !dataset.valid ? dataset.test : null],
    ] as const) {
      if (!split) continue;
      const record = await evaluateSplit(
        prepared,
        `${name}/${objective.id}`,
        split,
        this.step,
        samples,
        limit,
        () => this.stopping,
      );
      if (!record) return null;
      records.push(record);
    }
    const refined = guard(prepared.file, () => evaluateRefinement(prepared, this.estimators, this.step));
    this.noteEvaluations([...records, ...refined]);
    return records[0]?.value ?? null;
  }

  private async evaluateLikelihood(): Promise<void> {
    const { prepared, likelihoodSamples: K, finalEvaluationExamples: limit } = this.options;
    if (K === undefined || !prepared.dataset) return;
    const { test } = prepared.dataset;
    const stop = (): boolean => this.stopping;
    const record = await evaluateLikelihood(prepared, "test/log-likelihood", test, this.step, K, limit, stop);
    if (!record) return;
    const { step, name, value, standardError, samples } = record;
    this.noteEvaluations([{ step, name, value, standardError, samples }]);
  }

  private noteEvaluations(records: readonly EvaluationRecord[]): void {
    for (const { name, value, standardError, samples } of records) {
      this.event("evaluation", { name, value, standardError, samples });
      this.tensorBoard?.scalar(name, this.step, value);
    }
    this.history.append({ evaluations: records });
    this.flush();
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
      this.history.set({ stepsPerSecond: this.rate.perSecond });
    }
    if (Date.now() - this.lastCheckpoint > CHECKPOINT_INTERVAL_MS) this.checkpoint();
    if (this.diagnostics.enabled) this.refreshTrunks(now);
    this.flush();
    this.lastDelta = now;
    await new Promise((next) => setImmediate(next));
  }

  private async waitWhilePaused(): Promise<void> {
    this.checkpoint();
    this.history.set({ stepsPerSecond: null });
    this.flush();
    while (this.paused && !this.stopping) await this.paused.promise;
    this.rate = { step: this.step, time: performance.now(), perSecond: null };
    if (!this.stopping) this.history.set({ state: "running" });
    this.flush();
  }

  private checkpoint(): void {
    this.lastCheckpoint = Date.now();
    if (!this.folder || this.checkpointedStep === this.step) return;
    this.flush();
    const tensors = checkpointTensors(this.options.prepared.instance, this.optimizer, this.estimators);
    const bad = firstNonFinite(this.options.prepared.instance, tensors);
    if (bad !== null) throw nonFinite(`parameter "${bad}" holds values that are not finite after step ${this.step}`);
    this.folder.writeCheckpoint(this.step, tensors, {
      step: String(this.step),
      model: this.snapshot.model,
      estimator: this.snapshot.estimator,
      seed: String(this.snapshot.seed),
    });
    this.checkpointedStep = this.step;
  }

  private restore({ tensors, metadata, file }: NonNullable<RunOptions["resume"]>["checkpoint"]): void {
    const { prepared } = this.options;
    restoreParameters(prepared.instance, tensors, file);
    restoreOptimizer(this.optimizer, tensors);
    restoreEstimators(this.estimators, tensors);
    this.step = Number(metadata["step"] ?? 0);
    this.checkpointedStep = this.step;
    this.rate = { ...this.rate, step: this.step };
  }

  private end(state: "finished" | "stopped" | "failed", message: string | null): void {
    this.history.set({ state, message, stepsPerSecond: this.rate.perSecond });
    this.event("end", { state, ...(message === null ? {} : { message }) });
    try {
      this.flush();
    } catch (error) {
      // A disk that is full refuses the last lines too; the message already says so.
      if (!(error instanceof GradlensError)) throw error;
      this.emit();
    }
  }

  private event(type: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.folder) this.pendingEvents.push({ type, step: this.step, ...fields });
  }

  /** Logs first, then tells: what a view has shown is never lost. */
  private flush(): void {
    if (this.folder) {
      const events = this.pendingEvents.splice(0);
      this.folder.append(events);
      this.folder.write(this.tensorBoard);
    }
    this.emit();
  }

  private emit(): void {
    const delta = this.history.takeDelta(this.sequence + 1);
    if (!delta) return;
    this.sequence++;
    this.options.onDelta(delta);
  }

  private close(): void {
    this.closed = true;
    this.tensorBoard?.close();
    this.folder?.close();
  }

  /** The evaluation that early stopping goes by. */
  private stoppingValue(): string {
    const { dataset, objective } = this.options.prepared;
    return `${dataset?.valid ? "valid" : "test"}/${objective.id}`;
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
