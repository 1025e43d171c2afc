import type { tf } from "../../backends/tf";
import type { HostGradients } from "../../diagnostics/decomposeEstimate";
import type {
  DebugConfiguration,
  DebugEstimate,
  DebugOptions,
  DebugReplay,
  DebugStage,
  DebugStop,
  DebugVariable,
} from "../../protocol/debug";
import type { SourceLocation } from "../../protocol/source";
import { Alarms } from "./alarms";
import { Breakpoints } from "./breakpoints";
import { parseExpression } from "./expression";
import { replayStep } from "./replayStep";
import { type DebugSubject, StepView } from "./stepView";
import { row, variablesAt } from "./variables";

/** What a debugger tells. */
export interface DebugEvents {
  readonly onStop: (stop: DebugStop) => void;
  readonly onPrint: (text: string) => void;
}

export type Found = Omit<DebugStop, "runId" | "step">;

/** Decides before every update whether the run stops there, and answers what is asked while it stands. */
export class StepDebugger {
  private alarms: Alarms | null = null;
  private breakpoints = new Breakpoints([]);
  private stopNext: Found | null;
  private view: StepView | null = null;

  constructor(
    options: DebugOptions,
    private readonly runId: string,
    private readonly subject: () => DebugSubject,
    private readonly events: DebugEvents,
  ) {
    this.stopNext = options.stopOnEntry ? found("entry", null) : null;
    this.configure(options);
  }

  /** @throws GL1901 for a condition that cannot be read; what was set before then stays */
  configure({ breakpoints, filters, spikeWindow }: DebugConfiguration): void {
    this.breakpoints = new Breakpoints(breakpoints);
    this.alarms = filters.length > 0 ? new Alarms(new Set(filters), spikeWindow) : null;
  }

  /** The next step stops before its update. */
  stopBefore(reason: "step" | "pause"): void {
    this.stopNext = found(reason, null);
  }

  /** Why the coming step stops at once; null when it has to be drawn to know. */
  ahead(): Found | null {
    const reason = this.stopNext;
    this.stopNext = null;
    return reason;
  }

  /** Whether steps have to be looked at. */
  get watches(): boolean {
    return this.alarms !== null || this.breakpoints.size > 0;
  }

  /** Looks at a step that is drawn and not yet made: what stops it, and whether it can be made as it was drawn. */
  inspect(
    loss: number,
    drawn: ReadonlyMap<string, tf.Tensor>,
  ): { readonly stop: Found | null; readonly usable: boolean } {
    let read: HostGradients | null = null;
    const gradients = (): HostGradients =>
      (read ??= new Map(
        [...drawn].map(([name, tensor]) => [
          name,
          { shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) },
        ]),
      ));
    const alarm = this.alarms?.look(loss, gradients()) ?? null;
    if (alarm !== null) return { stop: found("exception", alarm), usable: false };
    const view = new StepView(this.subject(), { loss, gradients });
    const hit = this.breakpoints.hit(view, this.events.onPrint);
    if (!hit) return { stop: null, usable: !view.evaluated };
    const text = hit.condition === undefined ? null : `${hit.condition} at "${hit.name}"`;
    const at = { kind: hit.kind, name: hit.name };
    return { stop: { reason: "breakpoint", text, breakpoints: [hit.id], at }, usable: false };
  }

  /** The run stands before the update of its step. */
  stopped(stop: Found): void {
    this.view = new StepView(this.subject());
    this.events.onStop({ runId: this.runId, step: this.subject().step, ...stop });
  }

  /** Something that the estimate depends on has changed while the run stands. */
  changed(): void {
    if (this.view) this.view = new StepView(this.subject());
  }

  /** The run goes on; what was shown holds no longer. */
  left(): void {
    this.view = null;
  }

  estimate(): DebugEstimate {
    const { estimate, subject } = this.here;
    // Call sites are recorded when a model is traced, not in every step.
    const { graph } = subject.prepared.structure;
    const sources = new Map(graph.nodes.map(({ kind, name, source }) => [kind === "stochastic" ? name : "", source]));
    return {
      step: subject.step,
      nodes: estimate.nodes.map(({ node, inference, meanField, credit, signal, controlVariate }) => ({
        node,
        ...optionalSource(sources.get(node)),
        stages: [
          ...(inference ? ["inference" as const] : []),
          "sample",
          ...(meanField ? ["meanField" as const] : []),
          "logProb",
          ...(credit ? ["credit" as const] : []),
          ...(signal ? ["signal" as const] : []),
          ...(controlVariate ? ["controlVariate" as const] : []),
          "correction",
          "contribution",
        ] satisfies readonly DebugStage[],
      })),
    };
  }

  variables(path: readonly string[], start?: number, count?: number): readonly DebugVariable[] {
    return variablesAt(this.here, path, start, count);
  }

  /** A watch expression; the path of a tensor's elements is the expression itself. */
  evaluate(text: string): DebugVariable {
    return row(text, parseExpression(text).evaluate(this.here), ["expression"], text);
  }

  names(): readonly string[] {
    const { names, parameterNames, functions } = this.here;
    const calls = Object.keys(functions).filter((name) => name !== "node");
    return [...names, ...calls.flatMap((name) => parameterNames.map((parameter) => `${name}("${parameter}")`))];
  }

  replay(estimator: string): DebugReplay {
    return replayStep(this.here, estimator);
  }

  private get here(): StepView {
    return this.view ?? new StepView(this.subject());
  }
}

function optionalSource(source: SourceLocation | undefined): { readonly source?: SourceLocation } {
  return source ? { source } : {};
}

function found(reason: DebugStop["reason"], text: string | null): Found {
  return { reason, text, breakpoints: [], at: null };
}
