import { BackendFailure } from "../backendFailure";
import { tf } from "../tf";
import { lookUntil } from "./nativeTicks";

/** A buffer of the device, as far as reading needs it. */
interface DeviceBuffer {
  readonly size: number;
  readonly mapState: "unmapped" | "pending" | "mapped";
  mapAsync(mode: number): Promise<unknown>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
}

interface TensorData {
  readonly dtype: tf.DataType;
  readonly values?: tf.BackendValues | null;
  readonly resource?: DeviceBuffer | null;
}

/** What of TensorFlow.js's WebGPU back end reading needs. */
export interface WebgpuBackend extends tf.KernelBackend {
  readonly tensorMap: { get(dataId: object): TensorData };
  readonly bufferManager: {
    acquireBuffer(bytes: number, usage: number): DeviceBuffer;
    releaseBuffer(buffer: DeviceBuffer): void;
  };
  readonly commandEncoder: {
    copyBufferToBuffer(from: DeviceBuffer, start: number, to: DeviceBuffer, end: number, bytes: number): void;
  };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  convertAndCacheOnCPU(dataId: object, values: tf.BackendValues): void;
}

/** Bits of GPUBufferUsage and GPUMapMode. */
const [MAP_READ, COPY_TO, READ] = [1, 8, 1];

/**
 * Replaces the back end's `readSync`, which paints numbers on a browser's canvas, by one that copies them to where the processor sees
 * them and looks for the end of that copy until it has come. The values stay beside the tensor for the next reader.
 *
 * @throws BackendFailure when the device goes away meanwhile
 */
export function readSynchronously(backend: WebgpuBackend): void {
  const original = backend.readSync.bind(backend);
  backend.readSync = (dataId) => {
    const { values, resource, dtype } = backend.tensorMap.get(dataId);
    if (values != null || !resource || dtype === "string" || dtype === "complex64") return original(dataId);
    const read = tf.util.convertBackendValuesAndArrayBuffer(copy(backend, resource), dtype);
    backend.convertAndCacheOnCPU(dataId, read);
    return read;
  };
}

function copy(backend: WebgpuBackend, from: DeviceBuffer): ArrayBuffer {
  const { size } = from;
  const to = backend.bufferManager.acquireBuffer(size, MAP_READ | COPY_TO);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder.copyBufferToBuffer(from, 0, to, 0, size);
  backend.submitQueue();
  to.mapAsync(READ).catch(() => undefined); // its end is seen in mapState
  lookUntil(() => to.mapState !== "pending");
  if (to.mapState !== "mapped") {
    throw new BackendFailure("GL1327", "back end webgpu lost its device while values were read; use another back end");
  }
  const bytes = to.getMappedRange().slice(0);
  to.unmap();
  backend.bufferManager.releaseBuffer(to);
  return bytes;
}
