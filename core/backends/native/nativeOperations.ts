import { tf } from "../tf";

/** An attribute of an operation as the binding takes it. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What the package's back end keeps of a tensor. */
interface TensorData {
  readonly shape: number[];
  readonly dtype: number;
  /** Of the library's tensor; replaced where a variable is updated in place. */
  id: number;
  readonly values: unknown;
  readonly refCount: number;
}

/** A result of the library, by its number. */
export interface Made {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

interface Binding {
  executeOp(name: string, attributes: readonly Attribute[], ids: readonly number[], outputs: number): Made[];
  createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_SHAPE: number;
}

export interface NativeBackend extends tf.KernelBackend {
  readonly binding: Binding;
  readonly tensorMap: { get(dataId: tf.DataId): TensorData; set(dataId: tf.DataId, data: TensorData): void };
  readonly isUsingGpuDevice: boolean;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  disposeData(dataId: tf.DataId, force?: boolean): boolean;
}

/** Constants kept; beyond them the one not asked for longest is let go. */
const MAX_CONSTANTS = 512;

/** Any operation of TensorFlow's library on float32 tensors, by its name, beyond those that TensorFlow.js has kernels for. */
export class NativeOperations {
  /** The attribute T = float32 alone. */
  readonly floats: readonly Attribute[];
  private readonly constants = new Map<string, number>();

  constructor(readonly backend: NativeBackend) {
    this.floats = [this.type("T")];
  }

  type(name: string, of: "float32" | "int32" = "float32"): Attribute {
    const { binding } = this.backend;
    return { name, type: binding.TF_ATTR_TYPE, value: of === "float32" ? binding.TF_FLOAT : binding.TF_INT32 };
  }

  flag(name: string, value: boolean): Attribute {
    return { name, type: this.backend.binding.TF_ATTR_BOOL, value };
  }

  /** The library's number for a tensor. */
  id(x: tf.TensorInfo): number {
    return this.backend.getInputTensorIds([x])[0]!;
  }

  /** The library's number for a float32 scalar, kept: training asks for the same ones at every step. */
  scalar(value: number): number {
    return this.constant(`${value}`, () => [[], this.backend.binding.TF_FLOAT, Float32Array.of(value)]);
  }

  /** The same for a vector of whole numbers: axes, shapes. */
  integers(values: readonly number[]): number {
    return this.constant(values.join() + ",", () => [
      [values.length],
      this.backend.binding.TF_INT32,
      Int32Array.from(values),
    ]);
  }

  /** One operation with one result that no tensor stands for: `take` or `free` it. */
  made(name: string, attributes: readonly Attribute[], ids: readonly number[]): Made {
    return this.backend.binding.executeOp(name, attributes, ids, 1)[0]!;
  }

  free(...made: readonly Pick<Made, "id">[]): void {
    for (const { id } of made) this.backend.binding.deleteTensor(id);
  }

  /** A float32 result as what registered kernels return. */
  info({ id, shape, dtype }: Made): tf.TensorInfo {
    const dataId = {};
    this.backend.tensorMap.set(dataId, { id, shape, dtype, values: null, refCount: 1 });
    return { dataId, shape, dtype: "float32" };
  }

  /** A float32 result as a tensor of the current scope. */
  take(made: Made): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.info(made), this.backend);
  }

  private constant(key: string, make: () => Parameters<Binding["createTensor"]>): number {
    const { constants } = this;
    const { binding } = this.backend;
    const id = constants.get(key) ?? binding.createTensor(...make());
    constants.delete(key);
    constants.set(key, id);
    if (constants.size > MAX_CONSTANTS) {
      const [oldest, gone] = constants.entries().next().value!;
      constants.delete(oldest);
      binding.deleteTensor(gone);
    }
    return id;
  }
}

let installed: NativeOperations | undefined;

/** Makes the library's operations known; once per process, which can hold one library only. */
export function installNativeOperations(): NativeOperations {
  return (installed ??= new NativeOperations(tf.engine().backend as NativeBackend));
}

/**
 * The library's operations where it is the current back end, on the processor (no other device was tried), and every tensor is float32;
 * else null.
 */
export function nativeOperations(...tensors: readonly tf.TensorInfo[]): NativeOperations | null {
  const { backend, backendName } = tf.engine();
  if (!installed || backendName !== "tensorflow" || installed.backend !== backend || installed.backend.isUsingGpuDevice)
    return null;
  return tensors.every((x) => x.dtype === "float32") ? installed : null;
}
