import type { Engine } from "@tensorflow/tfjs-core/dist/engine";
import type { Tensor } from "@tensorflow/tfjs-core";

/** How Taylor mode carries series through an operation of our own. */
export type SeriesForm<Inputs extends Readonly<Record<string, Tensor>> = Readonly<Record<string, Tensor>>> =
  /** The same by TensorFlow.js's own operations. */
  | { readonly plain: (inputs: Inputs) => Tensor }
  /** Linear in an input: the differential, for dx with any axes in front and all of the input's last axis. */
  | { readonly linear: { readonly [Input in keyof Inputs]?: (dx: Tensor) => Tensor } };

/** An operation as it is recorded for the backward pass. */
export interface RecordedOperation {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: readonly Tensor[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly series?: SeriesForm;
}

type Listener = (operation: RecordedOperation) => void;

let listener: Listener | null = null;

/** Tells of every operation that `f` records, as soon as it has run: its tensors are alive then. */
export function listenToOperations<T>(listen: Listener, f: () => T): T {
  const outer = listener;
  listener = listen;
  try {
    return f();
  } finally {
    listener = outer;
  }
}

/** Attributes of operations of our own: their name, and how series are carried through them where that is told. */
export interface OwnAttributes {
  readonly ownName: string;
  readonly series?: SeriesForm;
}

interface TapeEngine {
  addTapeNode(
    kernelName: string,
    inputs: Readonly<Record<string, Tensor>>,
    outputs: readonly Tensor[],
    gradientsFunc: unknown,
    saved: readonly Tensor[],
    attrs: (Readonly<Record<string, unknown>> & Partial<OwnAttributes>) | undefined,
  ): void;
}

/** Lets recorded operations be listened to, and gives those of our own their names. */
export function announceOperations(engine: Engine): void {
  const tape = engine as unknown as TapeEngine;
  const addTapeNode = tape.addTapeNode.bind(engine);
  tape.addTapeNode = (scope, inputs, outputs, gradientsFunc, saved, attributes) => {
    const kernelName = attributes?.ownName ?? scope;
    addTapeNode(kernelName, inputs, outputs, gradientsFunc, saved, attributes);
    if (!listener) return;
    const { series } = attributes ?? {};
    listener({ kernelName, inputs, outputs, attributes: attributes ?? {}, ...(series ? { series } : {}) });
  };
}
