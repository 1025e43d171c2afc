/** Measured at least once in so many steps, however little the budget allows. */
const MAX_INTERVAL = 1000;
/** The first measurement compiles and allocates; it is charged as much as so many steps at most. */
const FIRST_CHARGE_STEPS = 10;
/** What took less than this part of a step leaves the caches as they were. */
const DISTURBING = 0.1;
/** A step that took longer, in the time of others, was held up by something else. */
const HELD_UP = 2;

/**
 * When diagnostics may run, so that they cost a set share of all time in the long run, whatever steps and measurements cost and however
 * much the costs vary: each step earns share/(1 − share) of its time, each measurement spends its own, and one is due while nothing is owed.
 *
 * The step after a measurement finds its numbers out of the caches: what it takes more than other steps do is the measurement's.
 */
export class DiagnosticsBudget {
  /** Milliseconds earned and not yet spent; below 0 while a measurement is being paid for. */
  private credit = 0;
  private stepMs: number | null = null;
  /** Of steps that no measurement came before. */
  private plainMs: number | null = null;
  private disturbed = false;
  private measureMs: number | null = null;
  private lastStep = -Infinity;
  private readonly recent = { steps: 0, diagnostics: 0 };

  /**
   * @param fixed steps between measurements, 0 for none, or null to keep to the budget
   * @param share of all time that diagnostics may take, in (0, 1)
   */
  constructor(
    private readonly fixed: number | null,
    private readonly share: number,
  ) {}

  /** False when the user turned diagnostics off. */
  get enabled(): boolean {
    return this.fixed !== 0;
  }

  /** Share of the time of the last thousand steps or so that diagnostics took. */
  get taken(): number {
    const { steps, diagnostics } = this.recent;
    return diagnostics / Math.max(1e-9, steps + diagnostics);
  }

  get secondsPerStep(): number | null {
    return this.stepMs === null ? null : this.stepMs / 1000;
  }

  stepTook(ms: number): void {
    // The first steps compile and allocate; a moving average forgets them.
    this.stepMs = this.stepMs === null ? ms : 0.95 * this.stepMs + 0.05 * ms;
    const more = this.disturbance(ms);
    this.recent.steps = this.recent.steps * 0.999 + ms - more;
    this.recent.diagnostics = this.recent.diagnostics * 0.999 + more;
    const earned = ((ms - more) * this.share) / (1 - this.share) - more;
    // What cannot be spent, because measurements at every step cost less, is not saved up for a burst of them.
    this.credit = Math.min(this.measureMs ?? 0, this.credit + earned);
  }

  /** What a step takes more after a measurement than without one; below 0 by chance, so that sums are right. */
  private disturbance(ms: number): number {
    const { disturbed, plainMs } = this;
    this.disturbed = false;
    const bounded = plainMs === null ? ms : Math.min(ms, HELD_UP * plainMs);
    if (disturbed) return plainMs === null ? 0 : bounded - plainMs;
    this.plainMs = plainMs === null ? ms : 0.95 * plainMs + 0.05 * bounded;
    return 0;
  }

  due(step: number): boolean {
    if (!this.enabled || step < 1) return false;
    const since = step - this.lastStep;
    return this.fixed === null ? this.credit >= 0 || since >= MAX_INTERVAL : since >= this.fixed;
  }

  measured(step: number, ms: number): void {
    const first = this.measureMs === null;
    this.lastStep = step;
    this.measureMs = first ? ms : 0.7 * this.measureMs! + 0.3 * ms;
    this.charge(ms, first ? FIRST_CHARGE_STEPS * (this.stepMs ?? ms) : Infinity);
  }

  /** Takes other diagnostics' time from the same budget. */
  charge(ms: number, atMost = Infinity): void {
    this.disturbed ||= ms > DISTURBING * (this.plainMs ?? 0);
    this.recent.diagnostics += ms;
    this.credit -= Math.min(ms, atMost);
  }
}
