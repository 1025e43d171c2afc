import type { EstimatorState } from "../../estimators/estimator";
import type { NamedTensor } from "../../training/safetensors";
import type { ModelOrigin } from "../modelLoader";

/** How a worker makes a model and its structure: the text, not the file, which may have changed meanwhile. */
export interface SentModel extends ModelOrigin {
  readonly seed: number;
  readonly objective: string;
  /** The examples that the model is traced with. */
  readonly probe: Readonly<Record<string, NamedTensor>>;
}

/** What the chunks of one piece of work have in common. */
export interface SentSubject {
  readonly parameters: Readonly<Record<string, NamedTensor>>;
  readonly data: Readonly<Record<string, NamedTensor>>;
  readonly batchSize: number;
  readonly numSamples: number;
  readonly sets: readonly SentEstimators[];
}

/** Estimators by their texts, and what their baselines have learnt, by node. */
export interface SentEstimators {
  readonly texts: readonly (readonly [node: string, text: string])[];
  readonly states: Readonly<Record<string, EstimatorState>>;
  readonly control: number;
}

/** To a worker, which answers a `run` with `result`, and whatever fails with `failed`. */
export type ToWorker =
  | { readonly type: "start"; readonly backend: string }
  | { readonly type: "model"; readonly model: number; readonly sent: SentModel }
  | { readonly type: "open"; readonly stream: number; readonly model: number; readonly subject: SentSubject }
  | {
      readonly type: "run";
      readonly stream: number;
      readonly index: number;
      readonly kind: string;
      readonly args: unknown;
    }
  | { readonly type: "close"; readonly stream: number };

export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "result"; readonly stream: number; readonly index: number; readonly result: unknown }
  | { readonly type: "failed"; readonly reason: string };
