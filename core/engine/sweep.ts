import { sweepKinds } from "../diagnostics/sweeps/registry";
import { GradlensError } from "../errors";
import { applicable, specText } from "../estimators/estimatorSpec";
import type { PossibleSweep, SweepRequest } from "../protocol/engine";
import type { SweepRecord } from "../protocol/sweep";
import { aboutSubject } from "./checkBias";
import { type CheckSubject, disposeAll } from "./checkSubject";
import { modelInSlices, type SliceOptions } from "./inSlices";
import type { Prepared } from "./prepare";
import { sweepModel } from "./sweepModel";

/** Varies an option of a target's estimator, or of another one, at the target's parameters. */
export async function sweep(
  subject: CheckSubject,
  { estimator, over, values, draws }: Omit<SweepRequest, "target">,
  options: SliceOptions,
): Promise<SweepRecord> {
  const { prepared, step, data } = subject;
  const began = performance.now();
  const base = subject.choose(estimator ?? subject.driving);
  try {
    const choose = (text: string): ReturnType<CheckSubject["choose"]> => subject.choose(text);
    const workers = options.workersFor?.(prepared);
    const work = sweepModel({ prepared, base, choose, data, step, over, values, draws, workers });
    const result = await modelInSlices(prepared.file, work, options);
    return { ...aboutSubject(subject, performance.now() - began), ...result };
  } finally {
    disposeAll(base);
  }
}

/** The sweeps that can be made of a target with its own estimator or, where that has nothing to vary, with another; and why the others cannot. */
export function possibleSweeps(subject: CheckSubject): PossibleSweep[] {
  const chosen = subject.choose(subject.driving);
  try {
    const { objective } = subject.prepared;
    return sweepKinds.map((kind): PossibleSweep => {
      const { id, title, summary } = kind;
      const refusal = kind.refusal({ specs: chosen.specs, objective });
      const estimator = refusal === null ? null : withCandidate(subject, chosen.specs, kind.candidates);
      return { id, title, summary, estimator, refusal: estimator === null ? refusal : null };
    });
  } finally {
    disposeAll(chosen);
  }
}

/** The estimators with the first candidate that serves any node at every node that it serves; null where none does. */
function withCandidate(subject: CheckSubject, specs: Prepared["specs"], candidates: readonly string[]): string | null {
  const { structure, objective } = subject.prepared;
  for (const text of candidates) {
    const serves = (node: string): boolean =>
      applicable(structure.distributions.get(node)!.id, objective.id).some(({ id }) => id === text);
    if (![...specs.keys()].some(serves)) continue;
    const estimators = specText(new Map([...specs].map(([node, spec]) => [node, serves(node) ? { text } : spec])));
    try {
      disposeAll(subject.choose(estimators));
      return estimators;
    } catch (error) {
      // The text keeps it out, for example by an operation that no relaxed value gets through.
      if (!(error instanceof GradlensError)) throw error;
    }
  }
  return null;
}
