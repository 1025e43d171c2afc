import type { tf } from "../backends/tf";
import type { Distribution } from "../distributions/distribution";
import { GradlensError } from "../errors";
import type { SourceLocation } from "../protocol/source";

export interface SampleSite {
  readonly name: string;
  readonly distribution: Distribution;
  /** Estimator that the model's text asks for at this node. */
  readonly estimator: string | undefined;
  readonly source: SourceLocation | undefined;
}

export interface ObserveSite {
  readonly name: string;
  readonly distribution: Distribution;
  readonly value: tf.Tensor;
  readonly source: SourceLocation | undefined;
}

export interface CostSite {
  readonly name: string;
  readonly value: tf.Tensor;
  readonly source: SourceLocation | undefined;
}

export interface LayerSite {
  readonly name: string;
  readonly input: tf.Tensor;
  readonly output: tf.Tensor;
  readonly units: number;
  readonly source: SourceLocation | undefined;
}

/** What the calls of a model's functions do: one text serves every handler. */
export interface TraceHandler {
  sample(site: SampleSite): tf.Tensor;
  observe(site: ObserveSite): void;
  cost(site: CostSite): void;
  layer?(site: LayerSite): void;
}

let active: TraceHandler | null = null;

/** Runs a model function with its calls bound to a handler; handlers nest. */
export function withHandler<T>(handler: TraceHandler, run: () => T): T {
  const outer = active;
  active = handler;
  try {
    return run();
  } finally {
    active = outer;
  }
}

export function currentTrace(): TraceHandler | null {
  return active;
}

export function traceHandler(call: string): TraceHandler {
  if (!active)
    throw new GradlensError(
      "GL1120",
      `${call} was called outside a model's functions; call it inside program, guide or model`,
    );
  return active;
}
