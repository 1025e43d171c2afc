import type { BiasWatchRecord } from "../core/protocol/bias";
import type { RunDelta, RunSnapshot } from "../core/protocol/snapshot";
import { formatNumber } from "../core/format";
import { checkLine } from "./checkLines";
import type { Terminal } from "./terminal";

/** Seconds between lines when nobody watches. */
const LINE_INTERVAL_MS = 10_000;

/** Tells how a run goes: a status that overwrites itself, a line for every evaluation, and now and then one for a log file. */
export class Progress {
  private lastLine = Date.now();
  private checks: number | null = null;
  private recent: readonly (readonly [number, number])[] = [];

  constructor(
    private readonly terminal: Terminal,
    private readonly snapshot: () => RunSnapshot,
  ) {}

  update(delta: RunDelta): void {
    if (delta.loss) this.recent = [...this.recent, ...delta.loss].slice(-100);
    for (const { step, name, value, standardError, samples } of delta.evaluations ?? []) {
      const spread = `± ${formatNumber(1.96 * standardError)} (95 %)`;
      this.line(`step ${step}  ${name} ${formatLoss(value)} ${spread}${samples > 1 ? `, ${samples} samples` : ""}`);
    }
    this.tellChecks(delta.fields.biasWatch);
    if (this.snapshot().state !== "running" || this.recent.length === 0) return;
    const text = this.describe();
    if (Date.now() - this.lastLine >= LINE_INTERVAL_MS) this.line(text);
    this.terminal.status(text);
  }

  private tellChecks(watch: BiasWatchRecord | undefined): void {
    if (!watch) return;
    for (const check of watch.checks.filter((each) => each.check > (this.checks ?? -1))) {
      // Those of an earlier start were told then.
      if (this.checks !== null || check.until >= this.snapshot().step) this.line(checkLine(check));
      this.checks = check.check;
    }
    if (watch.refusal !== null) this.line(`bias is not checked: ${watch.refusal}`);
  }

  private describe(): string {
    const { step, steps, epoch, epochs, stepsPerSecond, biasWatch } = this.snapshot();
    const check = biasWatch?.current;
    const mean = this.recent.reduce((total, [, value]) => total + value, 0) / this.recent.length;
    return [
      `step ${step}${steps === null ? "" : ` of ${steps}`}`,
      ...(epochs === null ? [] : [`epoch ${epoch + 1} of ${epochs}`]),
      `loss ${formatLoss(mean)}`,
      ...(check ? [`checking bias at step ${check.step}: ${check.draws ?? 0} draws`] : []),
      ...(stepsPerSecond === null ? [] : [`${formatNumber(stepsPerSecond)} steps/s`]),
    ].join("  ");
  }

  private line(text: string): void {
    this.lastLine = Date.now();
    this.terminal.err(text);
  }
}

/** Losses in nats with two decimals, as tables print them; small ones with three digits. */
function formatLoss(value: number): string {
  return Math.abs(value) >= 10 ? value.toFixed(2) : formatNumber(value);
}
