import type { EngineMethod } from "../core/protocol/engine";
import type { EngineClient } from "./engineClient";
import { Emitter, type Disposable } from "./emitter";

export interface EngineSilence {
  /** How long the engine has not answered. */
  readonly seconds: number;
  /** What it was asked for and owes; empty under a run that nobody asks anything. */
  readonly owes: readonly EngineMethod[];
}

export interface EngineWatchOptions {
  /** Time between two greetings. */
  readonly intervalMs?: number;
  /** Greetings without an answer after which the engine counts as silent. */
  readonly missed?: number;
  /** True while the engine computes without being asked, as in a training run. */
  readonly works: () => boolean;
}

/**
 * Notices an engine that no longer answers: it runs a model's text, and a loop without an end in it blocks the process. While there
 * is something to wait for, the engine is greeted again and again. Greetings are counted, not seconds, so that a machine that slept
 * does not make it look silent.
 */
export class EngineWatch implements Disposable {
  private readonly silences = new Emitter<EngineSilence>();
  private readonly answers = new Emitter<void>();
  private readonly intervalMs: number;
  private readonly timer: NodeJS.Timeout;
  private asked: { readonly processId: number; ticks: number } | undefined;
  private silent = false;

  /** Fired once for each silence. */
  readonly onSilence = this.silences.event;
  /** The engine answers again, or another one has taken its place. */
  readonly onAnswer = this.answers.event;

  constructor(
    private readonly client: EngineClient,
    private readonly options: EngineWatchOptions,
  ) {
    this.intervalMs = options.intervalMs ?? 5_000;
    this.timer = setInterval(() => this.tick(), this.intervalMs);
    this.timer.unref();
  }

  get isSilent(): boolean {
    return this.silent;
  }

  dispose(): void {
    clearInterval(this.timer);
    this.silences.dispose();
    this.answers.dispose();
  }

  private tick(): void {
    const { client, asked } = this;
    const processId = client.state === "ready" ? client.processId : undefined;
    if (asked && asked.processId === processId) {
      asked.ticks++;
      if (asked.ticks < (this.options.missed ?? 4) || this.silent) return;
      this.silent = true;
      this.silences.fire({ seconds: (asked.ticks * this.intervalMs) / 1000, owes: client.owes });
      return;
    }
    this.heard();
    if (processId === undefined || (client.owes.length === 0 && !this.options.works())) return;
    this.greet(processId);
  }

  private greet(processId: number): void {
    const asked = { processId, ticks: 0 };
    this.asked = asked;
    const answered = (): void => {
      if (this.asked === asked) this.heard();
    };
    this.client.ping().then(answered, answered);
  }

  private heard(): void {
    this.asked = undefined;
    if (!this.silent) return;
    this.silent = false;
    this.answers.fire();
  }
}
