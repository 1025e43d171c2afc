// Builds the native back end: `npm run native`, `npm run native -- --gpu`.
import { buildNative } from "./native/buildNative";

buildNative({ gpu: process.argv.includes("--gpu") }).then(
  (line) => console.log(line),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
