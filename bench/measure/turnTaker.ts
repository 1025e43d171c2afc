import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { TrainRequest } from "../../core/protocol/engine";

export interface TurnSubject {
  readonly backend: string;
  readonly request: TrainRequest;
}

export interface TurnCommand {
  /** To train before the next one's turn; a few more where the run looks for messages later. */
  readonly steps: number;
  /** Whether anything is measured beside them. */
  readonly diagnosis: boolean;
  /** Whether what measurements have cost so far is taken as paid. */
  readonly forgive?: boolean;
}

/** One turn; times in milliseconds. */
export interface TurnReport {
  readonly steps: number;
  /** Of the processor, all threads of the process. */
  readonly cpu: number;
  /** What the engine's calls of diagnosis took of it. */
  readonly inside: number;
  /** Of collections of memory, wherever they fell. */
  readonly collecting: number;
  /** The longest time in which no message was read. */
  readonly longest: number;
  /** The share that the engine tells of. */
  readonly told: number;
  /** Checks of bias that have ended. */
  readonly checks: number;
}

type Message = { readonly delta: unknown } | { readonly ready: true } | { readonly report: TurnReport };

/**
 * A training run in a process of its own, as the engine is one, that goes on only when it is told to, with diagnosis or without. What it tells of goes
 * over the same channel as to the editor.
 */
export class TurnTaker {
  /** Settled once it can train. */
  readonly ready: Promise<unknown>;
  private readonly child: ChildProcess;
  private settle: {
    readonly resolve: (report: TurnReport | null) => void;
    readonly reject: (error: Error) => void;
  } | null = null;

  constructor(subject: TurnSubject) {
    const root = join(__dirname, "../..");
    this.child = fork(
      join(root, "scripts/bootstrap.mjs"),
      [join(root, "bench/measure/trainInTurns.ts"), JSON.stringify(subject)],
      { cwd: root, execArgv: [], serialization: "advanced", stdio: ["ignore", "inherit", "inherit", "ipc"] },
    );
    this.child.on("message", (message: Message) => {
      if ("delta" in message) return;
      this.settle?.resolve("report" in message ? message.report : null);
    });
    this.ready = this.answer();
    this.child.on("exit", (status) => this.settle?.reject(new Error(`a run that was measured ended with ${status}`)));
  }

  /** Trains for some steps, then stands still. */
  async turn(command: TurnCommand): Promise<TurnReport> {
    const answer = this.answer();
    this.child.send(command);
    return (await answer)!;
  }

  end(): void {
    this.settle = null;
    this.child.disconnect();
  }

  private answer(): Promise<TurnReport | null> {
    return new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }
}
