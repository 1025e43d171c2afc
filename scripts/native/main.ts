// Installs the native back end: `npm run native`, `npm run native -- --gpu`; `--download` tries the package's own downloads first,
// `--folder FOLDER` puts it elsewhere. The extension runs it for Install Native Engine. Says what it does line by line.
import { installNative } from "./installNative";

const args = process.argv.slice(2);
const folder = args.includes("--folder") ? args[args.indexOf("--folder") + 1] : undefined;

// Leaving this way ends what was started and clears what is half done.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
installNative({
  gpu: args.includes("--gpu"),
  download: args.includes("--download"),
  ...(folder === undefined ? {} : { folder }),
}).then(
  (line) => console.log(line),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
