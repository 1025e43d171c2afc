import { BackendFailure } from "../backendFailure";
import { firstLine } from "../selfTest";
import type { tf } from "../tf";
import { softmaxWithNaN, withExactFunction } from "./accurateFunctions";
import { oneThreadARow, type Program } from "./shortRows";

interface DeviceError extends Event {
  readonly error: { readonly message: string };
}

/** What of TensorFlow.js's WebGPU back end is wrapped here. */
export interface CheckedBackend {
  readonly device: {
    addEventListener(type: "uncapturederror", listener: (event: DeviceError) => void): void;
    readonly lost: Promise<unknown>;
  };
  runWebGPUProgram(program: Program, inputs: readonly tf.TensorInfo[], ...rest: readonly unknown[]): tf.TensorInfo;
}

/**
 * Mends kernels whose text is wrong, and ends with an error what the device refuses to do. By itself it only reports a kernel that does not compile or a buffer that cannot be
 * had, and goes on with zeros.
 */
export function mendKernels(backend: CheckedBackend): void {
  let refused: string | null = null;
  backend.device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    refused ??= firstLine(event.error);
  });
  const run = backend.runWebGPUProgram.bind(backend);
  backend.runWebGPUProgram = (program, inputs, ...rest) => {
    const output = run(mended(program), inputs, ...rest);
    if (refused !== null) {
      const reason = refused;
      refused = null;
      throw new BackendFailure(
        "GL1328",
        `back end webgpu refused ${program.constructor.name}: ${reason}; use another back end`,
      );
    }
    return output;
  };
}

/** What is wrong in the text of some kernels, or slow, put right. */
function mended(program: Program): Program {
  oneThreadARow(program);
  const mend = mends[program.constructor.name];
  if (!mend) return program;
  const getUserCode = program.getUserCode.bind(program);
  program.getUserCode = () => mend(getUserCode());
  return program;
}

const mends: Readonly<Record<string, (code: string) => string>> = {
  /** Hands on elements as they are where numbers are expected, so that it does not compile for whole numbers. */
  TransposeProgram: (code) => code.replace(/A\[(getIndexFromCoords[^;]*)\]\);/, "f32(A[$1]));"),
  UnaryOpProgram: withExactFunction,
  SoftmaxProgram: softmaxWithNaN,
};
