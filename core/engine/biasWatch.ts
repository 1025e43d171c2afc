import { shareOfLook } from "../diagnostics/lookSchedule";
import type { Sliced } from "../diagnostics/sliced";
import { GradlensError } from "../errors";
import type { BiasRecord, BiasWatchRecord, CheckedBias } from "../protocol/bias";
import { biasSlices } from "./checkBias";
import { checkedBias } from "../diagnostics/checkedBias";
import { type CheckSubject, subjectOfNow } from "./checkSubject";
import type { Prepared, Training } from "./prepare";
import type { RunLog } from "./runLog";

/** Rate of wrong verdicts over all checks of a run together. */
const ALPHA = 0.05;
/** Checks that take no time, of few states, are made no more often than this. */
const LEAST_INTERVAL_MS = 2000;
/** A turn takes so long at least, and one slice more at most: many are far shorter. */
const TURN_MS = 20;
/** Checks that a snapshot keeps. */
const HISTORY = 300;

/** What an earlier start of a run has left. */
export interface ChecksBefore {
  /** Checks begun: each has used its part of the rate, whether it came to an end or not. */
  readonly begun: number;
  readonly checks: readonly CheckedBias[];
}

/** The rate at which check r = 0, 1, … of a run may be wrong: those of all checks add up to α. */
export function rateOfCheck(index: number): number {
  return ALPHA * shareOfLook(index);
}

interface Check {
  readonly subject: CheckSubject;
  readonly index: number;
  readonly work: Sliced<BiasRecord>;
  readonly asked: boolean;
  spentMs: number;
  /** What is known so far. */
  record: BiasRecord | null;
}

/**
 * Checks of bias beside training, one after the other. Parameters move, so each check looks at a copy that is taken when it begins, with the
 * baselines and the batch of that step: draws of different parameters are never pooled, and a verdict is about the step that it names. It
 * is renewed when it is decided or its draws are used up.
 *
 * Check r = 0, 1, … may be wrong at the rate α/((r + 1)(r + 2)), α = 5 %: all of a run together at most at α, by the union bound, which asks
 * nothing of how checks depend on each other or of when they begin. Within a check looks and tensors share its rate (docs/bias-test.md).
 */
export class BiasWatch {
  private on = false;
  private readonly asked: Set<number>;
  /** Copies taken at the steps that were asked for, and not looked at yet. */
  private readonly waiting: CheckSubject[] = [];
  private current: Check | null = null;
  private begun: number;
  private checks: readonly CheckedBias[];
  private refusal: string | null = null;
  private last = { step: -1, at: -Infinity };

  /**
   * @param when to check: one after the other, or after these steps
   * @param everyTurn whether the rhythm of measurements is set by a person: then checks that take no time keep to it, too
   */
  constructor(
    private readonly model: { readonly prepared: Prepared; readonly exportName: string },
    private readonly log: RunLog,
    when: "continuous" | readonly number[] | undefined,
    before: ChecksBefore,
    private readonly everyTurn: boolean,
  ) {
    this.asked = new Set(when === "continuous" ? [] : when);
    this.begun = before.begun;
    this.checks = before.checks;
    if (when === "continuous") this.set(true);
    else if (this.asked.size > 0 || before.begun > 0) this.tell();
  }

  /** Begins checks one after the other, or ends them with the one in hand. */
  set(on: boolean): void {
    this.on = on;
    this.refusal = null;
    if (!on && this.current && !this.current.asked) this.drop();
    this.tell();
  }

  refuse(reason: string): void {
    this.on = false;
    this.drop();
    this.refusal = reason;
    this.tell();
  }

  /** Another estimator drives: the check in hand is about one that is not used any more. */
  changed(): void {
    if (this.current && !this.current.asked) this.drop();
  }

  /** After every step: takes a copy where a check was asked for. */
  passed(step: number, training: Training): void {
    if (this.asked.delete(step)) this.waiting.push(this.copy(step, training));
  }

  /** Whether there is something to do. */
  wantsTurn(step: number): boolean {
    if (this.current || this.waiting.length > 0) return true;
    if (!this.on || step <= this.last.step) return false;
    return this.everyTurn || performance.now() - this.last.at >= LEAST_INTERVAL_MS;
  }

  /** A few slices of the check in hand, or of a new one: training goes on before anybody sees it halt. */
  turn(step: number, training: Training): void {
    const began = performance.now();
    try {
      const check = (this.current ??= this.begin(step, training));
      let found: BiasRecord | null = null;
      while (!found && performance.now() - began < TURN_MS) {
        const { done, value } = check.work.next();
        if (done) found = value;
      }
      check.spentMs += performance.now() - began;
      if (found) this.conclude(check, found, step);
    } catch (error) {
      // A model that cannot be checked still trains.
      if (!(error instanceof GradlensError)) throw error;
      this.waiting.splice(0).forEach((subject) => subject.dispose());
      this.refuse(error.message);
    }
  }

  /** At the end of a run: checks that were asked for go on until they have ended, of the one in hand what is known is kept. */
  async finish(step: number, training: Training, stop: () => boolean): Promise<void> {
    while (!stop() && (this.waiting.length > 0 || this.current?.asked)) {
      this.turn(step, training);
      this.log.flush();
      await new Promise((next) => setImmediate(next));
    }
    const { current } = this;
    if (current?.record) this.conclude(current, current.record, step);
    this.on = false;
    this.dispose();
    if (this.begun > 0) this.tell();
  }

  dispose(): void {
    this.drop();
    for (const subject of this.waiting.splice(0)) subject.dispose();
  }

  private begin(step: number, training: Training): Check {
    const asked = this.waiting.shift();
    const subject = asked ?? this.copy(step, training);
    const index = this.begun++;
    this.last = { step: Math.max(step, this.last.step), at: performance.now() };
    this.log.event("biasCheckBegun", { step: subject.step, check: index });
    const check: Check = {
      ...{ subject, index, asked: asked !== undefined, spentMs: 0, record: null },
      work: biasSlices(
        subject,
        { alpha: rateOfCheck(index) },
        {
          onLook: (record) => {
            check.record = record;
            // Told at once: what a look has decided stays decided.
            if (record.verdict === "biased") this.log.set({ bias: this.placed(record, check, this.log.snapshot.step) });
            this.tell();
          },
        },
      ),
    };
    return check;
  }

  private copy(step: number, { estimators }: Training): CheckSubject {
    return subjectOfNow({ ...this.model, estimators, driving: this.log.snapshot.estimator, step });
  }

  private conclude(check: Check, found: BiasRecord, until: number): void {
    const record = this.placed(found, check, until);
    this.checks = [...this.checks, checkedBias(record)].slice(-HISTORY);
    this.drop();
    this.log.set({ bias: record });
    this.log.event("biasCheck", { ...record });
    this.tell();
  }

  private placed(record: BiasRecord, { index, spentMs }: Check, until: number): BiasRecord {
    return { ...record, elapsedMs: spentMs, beside: { check: index, until, level: 1 - ALPHA } };
  }

  private tell(): void {
    const { on, checks, refusal, current } = this;
    const known = current?.record ? this.placed(current.record, current, this.log.snapshot.step) : null;
    const biasWatch: BiasWatchRecord = { on, current: known, checks, refusal };
    this.log.set({ biasWatch });
  }

  private drop(): void {
    const { current } = this;
    this.current = null;
    if (!current) return;
    current.work.return(undefined as never);
    current.subject.dispose();
  }
}
