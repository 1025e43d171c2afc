// Prints what a native package runs on, after a self-test: selfTestNative.ts tfjs-node|tfjs-node-gpu
import { loadNative } from "../../core/backends/native/loadNative";
import { selfTest } from "../../core/backends/selfTest";
import { tf } from "../../core/backends/tf";

async function main(name: "tfjs-node" | "tfjs-node-gpu"): Promise<void> {
  const { version, usesGpu } = loadNative(name);
  await tf.setBackend("tensorflow");
  await selfTest();
  console.log(`@tensorflow/${name} with TensorFlow ${version}, on the ${usesGpu ? "GPU" : "processor"}`);
}

main(process.argv[2] === "tfjs-node-gpu" ? "tfjs-node-gpu" : "tfjs-node").catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
