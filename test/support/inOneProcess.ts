// Runs the test files named in its arguments one after another in this process, each as a suite of its name:
// what a back end compiles for one file serves those after it. Node's runner starts a process for every file.
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { describe } from "node:test";

const load = createRequire(__filename);
for (const file of process.argv.slice(2)) describe(file, () => void load(resolve(file)));
