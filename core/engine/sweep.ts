import { sweepKinds } from "../diagnostics/sweeps/registry";
import type { SweepRequest } from "../protocol/engine";
import type { SweepRecord } from "../protocol/snapshot";
import { aboutSubject } from "./checkBias";
import { type CheckSubject, disposeAll } from "./checkSubject";
import { inSlices, type SliceOptions } from "./inSlices";
import { asModelError } from "./modelLoader";
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
    const result = await inSlices(work, options).catch((error: unknown) => {
      throw options.signal.aborted ? error : asModelError(error, prepared.file);
    });
    return { ...aboutSubject(subject, performance.now() - began), ...result };
  } finally {
    disposeAll(base);
  }
}

/** The sweeps that can be made of a target with its own estimator, and why the others cannot. */
export function possibleSweeps(subject: CheckSubject): {
  readonly id: SweepRecord["over"];
  readonly title: string;
  readonly summary: string;
  readonly refusal: string | null;
}[] {
  const chosen = subject.choose(subject.driving);
  try {
    const { objective } = subject.prepared;
    return sweepKinds.map((kind) => ({
      ...{ id: kind.id, title: kind.title, summary: kind.summary },
      refusal: kind.refusal({ specs: chosen.specs, objective }),
    }));
  } finally {
    disposeAll(chosen);
  }
}
