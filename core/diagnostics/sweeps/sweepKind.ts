import type { EstimatorSpec } from "../../estimators/estimatorSpec";
import type { Objective } from "../../objectives/objective";
import type { SweepOver } from "../../protocol/sweep";

/** What of a model decides whether a sweep can be made of it. */
export interface SweepSubject {
  readonly specs: ReadonlyMap<string, EstimatorSpec>;
  readonly objective: Pick<Objective, "id" | "additive">;
}

/** One thing that can be varied. */
export interface SweepKind {
  readonly id: SweepOver;
  readonly title: string;
  readonly summary: string;
  /** Values that are taken when none are named, rising. */
  readonly defaultValues: readonly number[];
  readonly allowed: string;
  accepts(value: number): boolean;
  /** Why it cannot be varied here, a clause with a next step; null where it can. */
  refusal(subject: SweepSubject): string | null;
  /** Nodes whose estimators take other options at each value; they forget what they have learned. */
  sweptNodes(subject: SweepSubject): readonly string[];
  /** The estimators at a value as on the command line, and the samples where those are varied. */
  at(value: number, subject: SweepSubject): { readonly estimator: string; readonly samples?: number };
  /** Estimators that can be swept where the model's own cannot, best first. */
  readonly candidates: readonly string[];
  /** The estimators that no value stands for and that the curve is worth comparing with, and what to call them. */
  beside?(subject: SweepSubject): { readonly estimator: string; readonly words: string };
  /** Whether the lowest mean squared error is worth recommending: not where larger values cost more. */
  readonly recommends: boolean;
}
