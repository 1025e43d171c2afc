import { tf } from "../backends/tf";
import type { TrunkRecord, WatchedView } from "../protocol/snapshot";
import { DiagnosticsSchedule } from "./diagnosticsSchedule";
import { LintWatch } from "./lintWatch";
import { MEASURED_EXAMPLES } from "./measuredRequest";
import { guard, type Prepared } from "./prepare";
import type { RunLog } from "./runLog";
import type { RunOptions } from "./runOptions";
import { TrunkView } from "./trunkView";
import { WatchList } from "./watched/watchList";

/** The estimators that a run trains with now. */
export type Training = Pick<Prepared, "specs" | "estimators">;

/** Everything that is measured while a run trains, in its log. All of it is paid from one budget of time. */
export class BesideTraining {
  private readonly schedule: DiagnosticsSchedule;
  private readonly trunkView: TrunkView;
  private readonly lintWatch = new LintWatch();
  private readonly watchList = new WatchList();

  constructor(
    private readonly prepared: Prepared,
    { diagnosticsInterval, diagnosticsBudget }: Pick<RunOptions, "diagnosticsInterval" | "diagnosticsBudget">,
    private readonly log: RunLog,
  ) {
    this.schedule = new DiagnosticsSchedule(diagnosticsInterval, diagnosticsBudget);
    this.trunkView = new TrunkView(prepared);
  }

  get secondsPerStep(): number | null {
    return this.schedule.budget.secondsPerStep;
  }

  stepTook(ms: number): void {
    this.schedule.budget.stepTook(ms);
  }

  /** Another estimator drives from now on. */
  changed(): void {
    this.schedule.reset();
    this.watchList.reset();
  }

  /** Measures variances and what belongs to them, when they are due. */
  measure(step: number, { specs, estimators }: Training): void {
    const { prepared, schedule, log } = this;
    if (!schedule.budget.due(step)) return;
    const data = prepared.batch(step, MEASURED_EXAMPLES);
    try {
      const { variance: record, ...more } = guard(prepared.file, () =>
        schedule.measure(prepared, estimators, data, step, specs),
      );
      log.append({ variance: [record] });
      log.set({ diagnosticsShare: schedule.budget.taken, ...more });
      log.tensorBoard?.variance(record);
      const { pathScore } = record;
      log.event("variance", {
        elapsedMs: record.elapsedMs,
        ...(record.driftSince === undefined ? {} : { driftSince: record.driftSince }),
        parameters: record.parameters.map(({ shape: _, ...rest }) => rest),
        ...(pathScore ? { pathScore: pathScore.map(({ shape: _, ...rest }) => rest) } : {}),
      });
      for (const type of ["controlVariates", "attribution"] as const)
        if (more[type]) log.event(type, { ...more[type] });
    } finally {
      tf.dispose(Object.values(data));
    }
  }

  /** Looks at the trunks in view, at what is watched and at the lints of training, each when it is its turn. */
  look(step: number, training: Training): void {
    const { budget } = this.schedule;
    const began = performance.now();
    const seen = this.watchList.refresh(began, { prepared: this.prepared, ...training, step });
    if (seen) this.log.set(seen);
    if (budget.enabled) {
      const trunks = this.trunkView.refresh(performance.now(), step);
      if (trunks) this.log.set({ trunks });
      this.lint(step, training, false);
    }
    budget.charge(performance.now() - began);
  }

  /** At the end of a run. */
  lookOnceMore(step: number, training: Training): void {
    if (this.schedule.budget.enabled) this.lint(step, training, true);
    this.catchUp(step, training);
  }

  /** Measures these views from now on. */
  watch(views: readonly WatchedView[]): void {
    this.watchList.watch(views);
  }

  /** Measures at once what is watched and not measured yet at these parameters. */
  catchUp(step: number, training: Training): void {
    this.log.set(this.watchList.catchUp({ prepared: this.prepared, ...training, step }));
  }

  /** Mean-field and sampled trunks of an example of the test set (or of the noise alone without a data set). */
  trunks(example: number, samples: number | undefined, step: number): TrunkRecord {
    const trunks = this.trunkView.show(example, samples, step);
    this.log.set({ trunks });
    return trunks;
  }

  private lint(step: number, training: Training, last: boolean): void {
    const { growth } = this.schedule;
    const lints = this.lintWatch.look(this.prepared, training, { step, growth, last });
    if (!lints) return;
    this.log.set({ lints });
    this.log.event("lints", { findings: lints.findings });
  }
}
