// Installs the native back end: `npm run native`, `npm run native -- --gpu`; `--download` tries the package's own downloads first,
// `--webgpu` fetches WebGPU's packages instead, `--folder FOLDER` puts it elsewhere. The extension runs it for Install Native
// Engine. Says what it does line by line.
import { installWebgpu } from "../webgpu/installWebgpu";
import { installNative } from "./installNative";

const args = process.argv.slice(2);
const folder = args.includes("--folder") ? args[args.indexOf("--folder") + 1] : undefined;

// Leaving this way ends what was started and clears what is half done.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
const install = args.includes("--webgpu")
  ? installWebgpu(folder)
  : installNative({
      gpu: args.includes("--gpu"),
      download: args.includes("--download"),
      ...(folder === undefined ? {} : { folder }),
    });
install.then(
  (line) => console.log(line),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
