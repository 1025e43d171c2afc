// Prints what WebGPU runs on here, after a self-test; ends with status 1 and the reason where it does not work.
import { useBackend } from "../../core/backends/registry";

useBackend("webgpu").then(
  ({ reason }) => console.log(reason),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
