import { GradlensError } from "../errors";
import type { Backend } from "./backend";
import type { NativeEngine } from "./native/loadNative";
import { loadedNative, loadNative } from "./native/loadNative";
import { installNativeOperations } from "./native/nativeOperations";
import { replaceNativeKernels } from "./native/replaceNativeKernels";
import { tf } from "./tf";

/** TensorFlow's C library on a CUDA device, through `@tensorflow/tfjs-node-gpu`. */
export const tensorflowGpu: Backend = {
  id: "tensorflow-gpu",
  title: "TensorFlow, GPU",
  optIn: false,
  async activate() {
    const native = loadNative("tfjs-node-gpu");
    if (!native.usesGpu) {
      throw new GradlensError(
        "GL1319",
        `TensorFlow ${native.version} found no CUDA device; check that nvidia-smi lists one and that the CUDA and cuDNN libraries are installed`,
      );
    }
    await tf.setBackend("tensorflow");
    return `TensorFlow ${native.version} on a CUDA device`;
  },
};

/** TensorFlow's C library on the processor, through `@tensorflow/tfjs-node`, or the GPU package where it finds no GPU. */
export const tensorflow: Backend = {
  id: "tensorflow",
  title: "TensorFlow, processor",
  optIn: false,
  async activate() {
    const held = loadedNative();
    const native: NativeEngine = held && !held.usesGpu ? held : loadNative("tfjs-node");
    await tf.setBackend("tensorflow");
    installNativeOperations();
    replaceNativeKernels();
    const threads = process.env["TF_NUM_INTRAOP_THREADS"];
    return `TensorFlow ${native.version} on the processor, ${threads} ${threads === "1" ? "thread" : "threads"}`;
  },
};
