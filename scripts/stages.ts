import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backendEnvironment } from "./lib/backendEnvironment";
import { runNode } from "./lib/command";
import type { CommandResult } from "./lib/command";
import { countCheck, countMochaTests, countNodeTests } from "./lib/count";
import type { Count } from "./lib/count";
import { root } from "./lib/root";
import type { Stage } from "./lib/stage";
import { testFiles } from "./lib/testFiles";
import { installNative } from "./native/installNative";
import { ensureBrowser } from "./vscode/browser";
import { installServer } from "./vscode/installServer";
import { runInHost } from "./vscode/runInHost";

const bin = (path: string): string => join(root, "node_modules", path);

/** Every part of the tests, in the order in which they run. */
export const stages: readonly Stage[] = [
  check("lint", "Lint", [bin("eslint/bin/eslint.js"), "--max-warnings", "0", "."]),
  check("format", "Format", [bin("prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."]),
  check("types", "Types", [bin("typescript/bin/tsc")]),
  check("build", "Build", ["esbuild.mjs"]),
  {
    id: "native",
    title: "Native back end from source",
    async run() {
      console.log(await installNative());
      return { passed: 1, failed: 0, skipped: 0 };
    },
  },
  suite("unit", "Unit tests"),
  suite("exactness", "Exactness tests"),
  {
    id: "webgpu",
    title: "WebGPU on a software adapter",
    async run() {
      const files = [
        "unit/backends/everyBackend",
        "unit/backends/webgpuRows",
        "exactness/acrossBackends",
        "exactness/byHand",
        "unit/backends/webgpu", // the last, since it has the device lost
      ];
      return runTogether(
        files.map((name) => join("test", `${name}.test.ts`)),
        "webgpu",
      );
    },
  },
  { ...suite("package", "Package tests"), built: true },
  {
    id: "integration",
    title: "Integration tests in VS Code's extension host",
    built: true,
    async run(filters) {
      await prepareEditor();
      // A copy, since tests write into it.
      const workspace = mkdtempSync(join(tmpdir(), "gradlens-workspace-"));
      try {
        cpSync(join(root, "examples", "teaching"), workspace, { recursive: true });
        const { output, status } = await runInHost({
          entry: join(root, "dist", "test", "index.js"),
          extension: root,
          workspace: realpathSync(workspace),
          env: { GRADLENS_TEST_FILES: filters.join(",") },
          pictures: join(root, "test-results", "integration"),
          timeoutSeconds: 1800,
        });
        return countMochaTests(output, status);
      } finally {
        rmSync(workspace, { recursive: true, force: true });
      }
    },
  },
  {
    id: "ui",
    title: "UI tests in a browser",
    built: true,
    async run(filters) {
      await prepareEditor();
      return twice(filters);
    },
  },
];

type Suite = Count & { readonly failedFiles: readonly string[] };

let prepared: Promise<void> | undefined;

/** Installs a browser and VS Code's server where they are missing; the first call starts it, later ones wait for it. */
export function prepareEditor(): Promise<void> {
  prepared ??= ensureBrowser()
    .then(() => installServer())
    .then(() => undefined);
  return prepared;
}

function check(id: string, title: string, args: readonly string[]): Stage {
  return {
    ...{ id, title, static: true },
    async run() {
      const { output, status } = await runNode(args, { quiet: true });
      return { ...countCheck(status), output };
    },
  };
}

function suite(id: string, title: string): Stage {
  return { id, title, run: (filters, backend) => runSuite(id, filters, 2, backend) };
}

/** Files that failed run once more, and it is told which passed only then: a window on a busy machine has more states than we know of. */
async function twice(filters: readonly string[]): Promise<Count> {
  const first = await runSuite("ui", filters, 1);
  const files = [...new Set(first.failedFiles)];
  if (first.failed === 0 || files.length === 0) return first;
  console.log(`\nOnce more: ${files.join(", ")}`);
  const { failed } = await runFiles(files, 1);
  if (failed === 0) console.log(`\nWARNING: passed at the second try only: ${files.join(", ")}`);
  return { ...first, passed: first.passed + first.failed - failed, failed };
}

/** Runs the files of `test/<id>/` with Node's test runner. */
async function runSuite(id: string, filters: readonly string[], concurrency: number, backend?: string): Promise<Suite> {
  const files = testFiles(join("test", id), filters);
  if (files.length === 0)
    throw new Error(`test/${id}/ holds no file *.test.ts${filters.map((name) => ` named ${name}`).join(" or")}`);
  return backend === "webgpu" ? runTogether(files, backend) : runFiles(files, concurrency, backend);
}

/** One process for all files, so that a kernel is compiled once: on a software adapter that is half of the time. */
async function runTogether(files: readonly string[], backend: string): Promise<Suite> {
  const options = ["--import", "tsx", "--test-reporter=spec", join("test", "support", "inOneProcess.ts")];
  return runTests([...options, ...files], backend);
}

async function runFiles(files: readonly string[], concurrency: number, backend?: string): Promise<Suite> {
  const options = ["--import", "tsx", "--test", "--test-reporter=spec", `--test-concurrency=${concurrency}`];
  return runTests([...options, ...files], backend);
}

async function runTests(args: readonly string[], backend?: string): Promise<Suite> {
  const { output, status }: CommandResult = await runNode(args, { env: await backendEnvironment(backend) });
  const failedFiles = [...output.matchAll(/^test at (\S+\.test\.ts):\d+/gm)].map(([, file]) => file!);
  return { ...countNodeTests(output, status), failedFiles };
}
