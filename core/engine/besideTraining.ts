import { tf } from "../backends/tf";
import type { TrunkRecord } from "../protocol/trunks";
import type { WatchedView } from "../protocol/watched";
import { BiasWatch, type ChecksBefore } from "./biasWatch";
import { DiagnosticsSchedule } from "./diagnosticsSchedule";
import { LintWatch } from "./lintWatch";
import { MEASURED_EXAMPLES } from "./measuredRequest";
import { guard, type Prepared, type Training } from "./prepare";
import type { RunLog } from "./runLog";
import type { RunOptions } from "./runOptions";
import { TrunkView } from "./trunkView";
import { WatchList } from "./watched/watchList";

/** Everything that is measured while a run trains, in its log. All of it is paid from one budget of time. */
export class BesideTraining {
  private readonly schedule: DiagnosticsSchedule;
  private readonly trunkView: TrunkView;
  private readonly lintWatch = new LintWatch();
  private readonly watchList = new WatchList();
  private readonly biasWatch: BiasWatch;
  private readonly prepared: Prepared;
  private readonly fixed: boolean;
  /** Milliseconds that checks of bias have had more than measurements while both wanted time: they share it equally. */
  private ahead = 0;

  constructor(
    options: Pick<RunOptions, "prepared" | "exportName" | "diagnosticsInterval" | "diagnosticsBudget" | "biasChecks">,
    private readonly log: RunLog,
    checksBefore: ChecksBefore,
  ) {
    const { prepared, diagnosticsInterval, diagnosticsBudget, biasChecks } = options;
    this.prepared = prepared;
    this.fixed = diagnosticsInterval !== null;
    this.schedule = new DiagnosticsSchedule(diagnosticsInterval, diagnosticsBudget);
    this.trunkView = new TrunkView(prepared);
    this.biasWatch = new BiasWatch(options, log, biasChecks, checksBefore, this.fixed);
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
    this.biasWatch.changed();
  }

  /** Begins or ends checks of bias, one after the other. */
  watchBias(on: boolean): void {
    if (on && !this.schedule.budget.enabled)
      this.biasWatch.refuse(
        "checks beside training are paid from the budget of diagnostics, which are off for this run; set a budget, then train again",
      );
    else this.biasWatch.set(on);
  }

  /** Measures what is due: variances and what belongs to them, or a slice of a check of bias. */
  measure(step: number, training: Training): void {
    const { biasWatch, fixed } = this;
    const { budget } = this.schedule;
    const took = (work: () => void): number => {
      const began = performance.now();
      work();
      return performance.now() - began;
    };
    budget.charge(took(() => biasWatch.passed(step, training)));
    if (!budget.due(step)) return;
    const wanted = biasWatch.wantsTurn(step);
    const first = this.ahead <= 0;
    if (!wanted || fixed || !first) {
      const ms = took(() => this.measureVariance(step, training));
      budget.measured(step, ms);
      if (wanted) this.ahead -= ms;
    }
    if (wanted && (fixed || first)) {
      const ms = took(() => biasWatch.turn(step, training));
      this.ahead += ms;
      budget.charge(ms);
    }
    this.log.set({ diagnosticsShare: budget.taken });
  }

  private measureVariance(step: number, { specs, estimators }: Training): void {
    const { prepared, schedule, log } = this;
    const data = prepared.batch(step, MEASURED_EXAMPLES);
    try {
      const { variance: record, ...more } = guard(prepared.file, () =>
        schedule.measure(prepared, estimators, data, step, specs),
      );
      log.append({ variance: [record] });
      log.set(more);
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

  /** Lets checks of bias that were asked for come to their end. */
  finishChecks(step: number, training: Training, stop: () => boolean): Promise<void> {
    return this.biasWatch.finish(step, training, stop);
  }

  dispose(): void {
    this.biasWatch.dispose();
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
