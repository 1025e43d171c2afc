import type { Engine } from "@tensorflow/tfjs-core/dist/engine";
import { env, getKernel, Tensor } from "@tensorflow/tfjs-core";

type Tensors = Tensor | Tensor[];

interface KernelInvocation {
  readonly kernelName: string;
  readonly inputs: Record<string, Tensor>;
  readonly attrs?: Record<string, unknown>;
}

interface OwnInvocation {
  readonly kernelName?: undefined;
  readonly inputs: Record<string, Tensor>;
  readonly attrs?: Record<string, unknown>;
  readonly forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensors;
  readonly backwardsFunc: unknown;
}

type Invocation = KernelInvocation | OwnInvocation;

interface Scope {
  readonly id: number;
  readonly name: string;
  readonly track: Tensor[];
}

/** What its type declarations hide of the engine. */
interface OpenEngine {
  readonly backendName: string | null;
  readonly backend: unknown;
  readonly state: {
    readonly gradientDepth: number;
    readonly profiling: boolean;
    readonly scopeStack: Scope[];
    kernelDepth: number;
    activeScope: Scope | null;
  };
  clone(x: Tensor): Tensor;
  track(x: Tensor): Tensor;
  startScope(name: string | null): void;
  endScope(result: unknown): void;
  tidy(nameOrFunction: unknown, f?: () => unknown): unknown;
  runKernel(kernelName: string, inputs: Record<string, Tensor>, attrs?: Record<string, unknown>): Tensors;
  runKernelFunc(invocation: Invocation): Tensors;
  getTensorsForGradient(kernelName: string, inputs: Record<string, Tensor>, outputs: Tensor[]): Tensor[];
  makeTensorFromTensorInfo(info: unknown, backend?: unknown): Tensor;
  addTapeNode(...node: readonly unknown[]): void;
}

/**
 * The engine's ways to run an operation and to end a scope, with the same results and less around them: one look-up of the kernel, no
 * closures, no sets for a single tensor. Under `tf.profile` and in debug mode the engine's own do it.
 */
export function leanEngine(engine: Engine): void {
  const open = engine as unknown as OpenEngine;
  const { state } = open;
  const original = { run: open.runKernelFunc.bind(engine), endScope: open.endScope.bind(engine) };

  open.endScope = (result) => {
    const single = result instanceof Tensor;
    if (!single && result !== undefined && result !== null) return original.endScope(result);
    const { scopeStack } = state;
    const { id, track } = state.activeScope!;
    const kept = single ? result.id : -1;
    for (const tensor of track) if (!tensor.kept && tensor.id !== kept) tensor.dispose();
    scopeStack.pop();
    state.activeScope = scopeStack[scopeStack.length - 1] ?? null;
    if (single && !result.kept && (result as { scopeId?: number }).scopeId === id) open.track(result);
  };

  open.tidy = (nameOrFunction, f) => {
    const named = f !== undefined;
    open.startScope(named ? (nameOrFunction as string) : null);
    let result: unknown;
    try {
      result = named ? f() : (nameOrFunction as () => unknown)();
      if (result instanceof Promise) console.error("Cannot return a Promise inside of tidy.");
    } catch (error) {
      open.endScope(undefined);
      throw error;
    }
    open.endScope(result);
    return result;
  };

  open.runKernel = (kernelName, inputs, attrs) =>
    open.runKernelFunc(attrs === undefined ? { kernelName, inputs } : { kernelName, inputs, attrs });

  open.runKernelFunc = (invocation) => {
    if (state.profiling || env().getBool("DEBUG")) return original.run(invocation);
    const recorded = state.gradientDepth > 0 && state.kernelDepth === 0;
    const name = invocation.kernelName ?? state.activeScope?.name ?? "";
    let saved: Tensor[] = [];
    let made: unknown;
    let outputs: Tensor[];
    const { backend } = open; // made ready by this reading where it is not yet
    state.kernelDepth++;
    try {
      if (invocation.kernelName === undefined) {
        const save = (tensors: Tensor[]): void => {
          if (recorded) saved = tensors.map(open.clone);
        };
        made = open.tidy(() => invocation.forwardFunc(backend, save));
        outputs = (Array.isArray(made) ? made : [made]) as Tensor[];
      } else {
        const kernel = getKernel(name, open.backendName!);
        if (!kernel) throw new Error(`Kernel '${name}' not registered for backend '${open.backendName}'`);
        made = kernel.kernelFunc({ inputs: invocation.inputs, attrs: invocation.attrs, backend } as never);
        // Some kernels make the tensor themselves; `instanceof` takes what describes one for one, too.
        const tensorOf = (info: unknown): Tensor =>
          (info as Tensor).rank !== undefined ? (info as Tensor) : open.makeTensorFromTensorInfo(info);
        outputs = Array.isArray(made) ? made.map(tensorOf) : [tensorOf(made)];
        if (recorded) saved = open.getTensorsForGradient(name, invocation.inputs, outputs).map(open.clone);
      }
    } finally {
      state.kernelDepth--;
    }
    if (recorded) {
      const backwards = invocation.kernelName === undefined ? invocation.backwardsFunc : null;
      open.addTapeNode(name, invocation.inputs, outputs, backwards, saved, invocation.attrs);
    }
    return Array.isArray(made) ? outputs : outputs[0]!;
  };
}
