import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onBackends } from "../onBackends";

const products = `
  const { useBackend } = require("./core/backends/registry");
  const { tf } = require("./core/backends/tf");
  useBackend("tensorflow").then(() => {
    const x = tf.fill([100, 100], 0.5);
    for (let i = 0; i < 3000; i++) tf.matMul(x, x).dispose();
  });`;

// A profiler takes its samples by signals. Where the library was left to AVX-512, 3000 products were never seen to end; a processor without
// it shows nothing.
onBackends(["tensorflow"], "signals during products leave memory alone", () => {
  const folder = mkdtempSync(join(tmpdir(), "gradlens-profile-"));
  try {
    const args = ["--import", "tsx", "--cpu-prof", "--cpu-prof-dir", folder, "--eval", products];
    const { ONEDNN_MAX_CPU_ISA: _, ...env } = process.env;
    const { status, signal, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env });
    assert.deepEqual({ status, signal, stderr }, { status: 0, signal: null, stderr: "" });
    assert.notEqual(readdirSync(folder).length, 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
