// A run that trains in turns, in a process of its own: bench/measure/turnTaker.ts starts it and talks to it.
import { PerformanceObserver } from "node:perf_hooks";
import { useBackend } from "../../core/backends/registry";
import { BesideTraining } from "../../core/engine/besideTraining";
import { startRun } from "../../core/engine/startRun";
import type { TurnCommand, TurnReport, TurnSubject } from "./turnTaker";

const realNow = performance.now.bind(performance);
let stoodStill = 0;
// While others have their turn no time passes here: what comes every so often comes as often as in a run that is left alone.
performance.now = (): number => realNow() - stoodStill;

/** Milliseconds of the processor so far, all threads of this process. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

let inside = 0;
let collecting = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) collecting += duration;
}).observe({ entryTypes: ["gc"] });

let on = true;

/** Counts what the engine's calls of diagnosis take; in a turn without diagnosis there are none, and steps earn nothing for it. */
function count(name: "measure" | "look"): void {
  const original = BesideTraining.prototype[name];
  BesideTraining.prototype[name] = function (this: BesideTraining, ...args: Parameters<typeof original>) {
    if (!on) return;
    const from = spent();
    original.apply(this, args);
    inside += spent() - from;
  };
}

const { stepTook } = BesideTraining.prototype;
BesideTraining.prototype.stepTook = function (this: BesideTraining, ms: number) {
  if (on) stepTook.call(this, ms);
};

async function main(): Promise<void> {
  const { backend, request } = JSON.parse(process.argv[2]!) as TurnSubject;
  await useBackend(backend);
  count("measure");
  count("look");
  const run = await startRun(request, {
    ...{ backend, folderByDefault: false, finalEvaluationExamples: 1 },
    onDelta: (delta) => void process.send!({ delta }),
  });
  void run.run();
  run.pause();
  let paused = realNow();
  process.on("message", (command: TurnCommand) => void turn(command));

  async function turn({ steps, diagnosis, forgive }: TurnCommand): Promise<void> {
    on = diagnosis;
    // What first looks cost, which compile, would be paid for by thousands of steps.
    if (forgive) run["beside"]["schedule"].budget["credit"] = 0;
    stoodStill += realNow() - paused;
    const [from, first, until] = [spent(), run.snapshot.step, run.snapshot.step + steps];
    inside = 0;
    collecting = 0;
    let longest = 0;
    run.resume();
    for (let last = realNow(); run.snapshot.step < until;) {
      await new Promise((next) => setImmediate(next));
      const at = realNow();
      longest = Math.max(longest, at - last);
      last = at;
      if (run.snapshot.state === "failed") throw new Error(run.snapshot.message ?? "the run failed");
    }
    const cpu = spent() - from;
    run.pause();
    paused = realNow();
    const { step, diagnosticsShare, biasWatch } = run.snapshot;
    const report: TurnReport = {
      ...{ steps: step - first, cpu, inside, collecting, longest },
      ...{ told: diagnosticsShare ?? 0, checks: biasWatch?.checks.length ?? 0 },
    };
    process.send!({ report });
  }
  process.send!({ ready: true });
}

process.on("disconnect", () => process.exit(0));
void main();
