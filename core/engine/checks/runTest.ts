import { GradlensError } from "../../errors";
import type { CheckOutcome, CheckTest, Outcome } from "../../protocol/checks";
import type { BiasRecord, Verdict } from "../../protocol/bias";
import { checkBias } from "../checkBias";
import { type CheckSubject, disposeAll } from "../checkSubject";
import { modelInSlices, type SliceOptions } from "../inSlices";
import { requireFinite } from "../requireFinite";
import { describeBias, describeVariance } from "./describeOutcome";
import { measureBounded } from "./measureBounded";
import { openTest } from "./openTest";

type Found = Pick<CheckOutcome, "outcome" | "message" | "bias" | "variance">;

/**
 * Makes one test. What keeps it from being made is its outcome `error`; only a cancellation, or a fault of ours, is thrown.
 *
 * @param onSubject is given the model while it is still open
 */
export async function runTest(
  test: CheckTest,
  options: SliceOptions,
  onSubject: (subject: CheckSubject) => void = () => undefined,
): Promise<CheckOutcome> {
  const began = performance.now();
  let subject: CheckSubject | null = null;
  let estimator: string | null = null;
  try {
    subject = await openTest(test);
    estimator = subject.driving;
    onSubject(subject);
    const found = await (test.expect === "variance-below-bound" ? bounded : biased)(subject, test, options);
    return { test, estimator, elapsedMs: performance.now() - began, ...found };
  } catch (error) {
    if (options.signal.aborted) throw error;
    if (!(error instanceof GradlensError)) throw error;
    const { message, source } = error;
    const elapsedMs = performance.now() - began;
    return { test, estimator, elapsedMs, outcome: "error", message, ...(source ? { source } : {}) };
  } finally {
    subject?.dispose();
  }
}

async function biased(subject: CheckSubject, test: CheckTest, options: SliceOptions): Promise<Found> {
  const { margin, draws, samples, rate } = test;
  const bias = await checkBias(
    subject,
    {
      alpha: rate,
      ...(margin === undefined ? {} : { margin }),
      ...(draws === undefined ? {} : { draws }),
      ...(samples === undefined ? {} : { samples }),
    },
    options,
  );
  return { outcome: outcomeOf(bias.verdict, test.expect), message: describeBias(bias), bias };
}

/** What was not decided is never what was expected. */
function outcomeOf(verdict: BiasRecord["verdict"], expected: CheckTest["expect"]): Outcome {
  const outcomes: Readonly<Record<Verdict, Outcome>> = {
    unbiased: expected === "unbiased" ? "holds" : "fails",
    biased: expected === "biased" ? "holds" : "fails",
    undecided: "undecided",
  };
  return outcomes[verdict];
}

async function bounded(subject: CheckSubject, test: CheckTest, options: SliceOptions): Promise<Found> {
  const { prepared, data, step } = subject;
  const { rate, draws, samples, bounds } = test;
  const unbounded = prepared.instance.parameters.find(({ name }) => bounds?.[name] === undefined);
  if (unbounded)
    throw new GradlensError(
      "GL2704",
      `no bound is recorded for the variance of "${unbounded.name}" under ${subject.driving}; run gradlens check --record`,
    );
  const chosen = subject.choose(subject.driving);
  try {
    const work = measureBounded(subject, chosen, { rate, draws, samples, bounds });
    const measured = await modelInSlices(prepared.file, work, options);
    const { parameters } = measured;
    requireFinite(prepared, data, step, {
      gradients: new Map(parameters.map(({ name, variance }) => [name, [variance ?? 0]])),
    });
    const verdicts = parameters.map(({ verdict }) => verdict);
    const above = verdicts.includes("above");
    const verdict = above ? "above" : verdicts.includes("undecided") ? "undecided" : "below";
    const variance = { ...measured, verdict } as const;
    const outcome = above ? "fails" : verdict === "below" ? "holds" : "undecided";
    return { outcome, message: describeVariance(variance), variance };
  } finally {
    disposeAll(chosen);
  }
}
