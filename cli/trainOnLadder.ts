import type { TrainingRun } from "../core/engine/run";
import { startRun, type StartOptions } from "../core/engine/startRun";
import { GradlensError } from "../core/errors";
import type { TrainRequest } from "../core/protocol/engine";

interface Listeners {
  /** Called with every run that starts: the first, and those that go on with it. */
  readonly onRun: (run: TrainingRun) => void;
  /** One line for a person. */
  readonly say: (text: string) => void;
}

/**
 * Trains to the end. A back end that fails under the run (out of memory, a lost device, a refused kernel) is left out from then on, and the run
 * goes on from its last checkpoint on the next one; what was logged stays.
 *
 * @returns the run that ended, not yet disposed
 * @throws GradlensError with the failure where there is no run folder to go on from
 */
export async function trainOnLadder(
  first: TrainRequest,
  options: StartOptions,
  { onRun, say }: Listeners,
): Promise<TrainingRun> {
  const without: string[] = [];
  let request = first;
  let backend = options.backend;
  for (;;) {
    let failure: string | null = null;
    const run = await startRun(request, { ...options, backend, abandon: (_status, reason) => void (failure = reason) });
    onRun(run);
    const { step, runFolder, backend: failed } = await run.run();
    if (failure === null) return run;
    const message: string = failure;
    run.dispose();
    if (runFolder === null) throw new GradlensError("GL1641", message);
    without.push(failed);
    say(`${message} (step ${step}); going on from the last checkpoint without ${without.join(", ")}`);
    backend = "auto";
    request = { ...first, resume: runFolder, backend, without };
  }
}
