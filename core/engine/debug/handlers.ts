import { GradlensError } from "../../errors";
import type { EngineMethods } from "../../protocol/engine";
import type { TrainingRun } from "../run";
import { breakpointProblem } from "./breakpoints";
import type { StepDebugger } from "./stepDebugger";

type DebugMethod = Extract<keyof EngineMethods, `debug${string}`>;

type Handlers = {
  readonly [M in DebugMethod]: (params: EngineMethods[M]["params"]) => Promise<EngineMethods[M]["result"]>;
};

/** What a debug session asks of its run. */
export function debugHandlers(runOf: (runId: string) => TrainingRun): Handlers {
  const of = (runId: string): StepDebugger => {
    const found = runOf(runId).debugger;
    if (!found) throw new GradlensError("GL1905", `run "${runId}" is not being debugged; start it with F5`);
    return found;
  };
  return {
    debugGo: async ({ runId, step }) => {
      if (step) of(runId).stopBefore("step");
      runOf(runId).resume();
      return null;
    },
    debugConfigure: async ({ runId, configuration }) => {
      of(runId).configure(configuration);
      return null;
    },
    debugEstimate: async ({ runId }) => of(runId).estimate(),
    debugVariables: async ({ runId, path, start, count }) => of(runId).variables(path, start, count),
    debugEvaluate: async ({ runId, expression }) => of(runId).evaluate(expression),
    debugProblems: async ({ texts }) => ({ problems: texts.map(breakpointProblem) }),
    debugNames: async ({ runId }) => of(runId).names(),
    debugReplay: async ({ runId, estimator }) => of(runId).replay(estimator),
  };
}
