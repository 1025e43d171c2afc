import type { Engine } from "@tensorflow/tfjs-core/dist/engine";

interface TapeNode {
  readonly inputs: Readonly<Record<string, { readonly id: number }>>;
  readonly outputs: readonly { readonly id: number }[];
}

interface TapeEngine {
  addTapeNode(
    kernelName: string,
    inputs: TapeNode["inputs"],
    outputs: TapeNode["outputs"],
    gradientsFunc: unknown,
    saved: readonly { readonly id: number }[],
    attrs: unknown,
  ): void;
  readonly state: { readonly activeTape: TapeNode[] };
}

/**
 * Makes second derivatives right through operations whose gradient uses their output (exp, sigmoid, tanh, softmax, …).
 *
 * TensorFlow.js saves a copy of the output and records that copy before the operation itself, so its walk along the tape never
 * sees that the copy depends on the input: the term is lost without a word. Here the copies are moved behind their operation.
 */
export function orderTape(engine: Engine): void {
  const tape = engine as unknown as TapeEngine;
  const addTapeNode = tape.addTapeNode.bind(engine);
  tape.addTapeNode = (kernelName, inputs, outputs, gradientsFunc, saved, attrs) => {
    addTapeNode(kernelName, inputs, outputs, gradientsFunc, saved, attrs);
    if (saved.length === 0) return;
    const nodes = tape.state.activeTape;
    const operation = nodes.length - 1;
    const isSavedOutput = (node: TapeNode): boolean =>
      node.outputs.some(({ id }) => saved.some((tensor) => tensor.id === id)) &&
      Object.values(node.inputs).some(({ id }) => outputs.some((output) => output.id === id));
    for (let i = operation - 1, left = saved.length; i >= 0 && left > 0; i--, left--) {
      const [node] = isSavedOutput(nodes[i]!) ? nodes.splice(i, 1) : [];
      if (node) nodes.push(node);
    }
  };
}
