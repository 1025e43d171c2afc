import type { NodeEstimator } from "../../estimators/estimator";
import type { EstimatorSpec } from "../../estimators/estimatorSpec";
import type { ModelInstance } from "../../graph/instance";
import type { Trace } from "../../graph/trace";
import type { Structure } from "../../graph/structure";
import type { DataInputs } from "../../model/defineModel";
import type { Objective } from "../../objectives/objective";
import type { Sliced } from "../sliced";

/** A model at fixed parameters, and everything else that a chunk of work is computed from besides its own arguments. */
export interface ChunkSubject {
  readonly instance: ModelInstance;
  readonly structure: Structure;
  readonly objective: Objective;
  /** `[1, B, …]`; empty where the chunks bring their own. */
  readonly data: DataInputs;
  readonly batchSize: number;
  readonly numSamples: number;
  readonly sets: readonly EstimatorSet[];
  /** Shown the traces of states, row = state · B + example, before anything is made of them; by the asking engine only. */
  readonly look?: (trace: Trace) => void;
}

/** Estimators of every node, and how another engine makes the same ones. */
export interface EstimatorSet {
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  readonly specs: ReadonlyMap<string, EstimatorSpec>;
  /** Multiple of the score that was taken off each estimate. */
  readonly control: number;
}

/** Estimators as they are. @param given without specs where no other engine makes them */
export function plainSet({
  estimators,
  specs = new Map(),
}: Pick<EstimatorSet, "estimators"> & { readonly specs?: EstimatorSet["specs"] | undefined }): EstimatorSet {
  return { estimators, specs, control: 0 };
}

/**
 * One kind of chunk: a pure function of subject and arguments, so that whoever computes it finds the same bits. Arguments and results
 * are plain data: numbers, strings, arrays and typed arrays.
 */
export interface ChunkKind<A, R> {
  readonly id: string;
  compute(subject: ChunkSubject, args: A): R;
  /** The same bits in slices, where one chunk takes longer than other work should wait. */
  slices?(subject: ChunkSubject, args: A): Sliced<R>;
}

/** Chunks 0 to total − 1 of one piece of work. Their size and order are the work's own, whoever computes them. */
export interface ChunkedWork<A, R> {
  readonly kind: ChunkKind<A, R>;
  readonly subject: ChunkSubject;
  /** Chunks at most; the work may stop before. */
  readonly total: number;
  readonly args: (index: number) => A;
}

/** Gives out the results of chunk 0, 1, 2, …: one with each call. Close it when no more are wanted. */
export interface ChunkStream<R> {
  next(): Sliced<R>;
  close(): void;
}

/** Engines that compute chunks beside this one. */
export interface Workers {
  open<A, R>(work: ChunkedWork<A, R>): ChunkStream<R>;
}

/** Computes chunks with the help of workers, or here without. */
export function openChunks<A, R>(work: ChunkedWork<A, R>, workers: Workers | undefined): ChunkStream<R> {
  if (workers && work.total > 1) return workers.open(work);
  let index = 0;
  return {
    *next() {
      const { kind, subject } = work;
      const args = work.args(index++);
      return kind.slices ? yield* kind.slices(subject, args) : kind.compute(subject, args);
    },
    close: () => undefined,
  };
}
