import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type LaunchArguments, readLaunch } from "../../../../extension/debug/launchArguments";
import manifest from "../../../../package.json";

test("every option of a configuration reaches the request, under the engine's name", () => {
  const options = {
    ...{ estimator: "rebar", objective: "elbo", seed: 7, steps: 3, epochs: 2, batchSize: 5, samples: 4 },
    learningRate: 0.5,
  };
  const launch = { program: "/models/net.ts#other", data: "bits", stopOnEntry: true, spikeWindow: 12, ...options };
  assert.deepEqual(readLaunch(launch), {
    request: { file: "/models/net.ts", exportName: "other", dataset: "bits", ...options },
    spikeWindow: 12,
  });
  const { properties } = manifest.contributes.debuggers[0]!.configurationAttributes.launch;
  assert.deepEqual(Object.keys(launch).sort(), Object.keys(properties).sort(), "the manifest offers these");
});

test("what is left out is left to the model file", () => {
  assert.deepEqual(readLaunch({ program: "/models/net.ts" }), {
    request: { file: "/models/net.ts" },
    spikeWindow: 999,
  });
});

test("a folder's name may hold a #", () => {
  const folder = mkdtempSync(join(tmpdir(), "gradlens-launch-"));
  try {
    mkdirSync(join(folder, "a#b"));
    const program = join(folder, "a#b", "net.ts");
    writeFileSync(program, "");
    assert.deepEqual(readLaunch({ program }).request, { file: program });
    assert.deepEqual(readLaunch({ program: `${program}#two` }).request, { file: program, exportName: "two" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
  [{ program: undefined }, /needs "program", a model file or FILE#EXPORT$/],
  [{ program: "" }, /needs "program"/],
  [{ program: 3 }, /needs "program"/],
  [{ estimator: 1 }, /^"estimator" of the launch configuration needs a string, got 1$/],
  [{ objective: null }, /^"objective" .* needs a string, got null$/],
  [{ data: ["mnist"] }, /^"data" .* needs a string, got \["mnist"\]$/],
  [{ seed: "7" }, /^"seed" .* needs a number, got "7"$/],
  [{ steps: true }, /^"steps" .* needs a number, got true$/],
  [{ epochs: {} }, /^"epochs" .* needs a number, got \{\}$/],
  [{ batchSize: "all" }, /^"batchSize" .* needs a number, got "all"$/],
  [{ samples: "8" }, /^"samples" .* needs a number, got "8"$/],
  [{ learningRate: "1e-3" }, /^"learningRate" .* needs a number, got "1e-3"$/],
  [{ stopOnEntry: "yes" }, /^"stopOnEntry" .* needs a boolean, got "yes"$/],
  [{ spikeWindow: "999" }, /^"spikeWindow" .* needs a number, got "999"$/],
  ...[0, -1, 2.5, 100_001, NaN].map(
    (spikeWindow) => [{ spikeWindow }, /^"spikeWindow" needs a whole number from 1 to 100000, got /] as const,
  ),
];

for (const [given, message] of wrong) {
  test(`a launch configuration with ${JSON.stringify(given)} is refused in one sentence`, () => {
    const launch = { program: "/models/net.ts", ...given } as LaunchArguments;
    assert.throws(() => readLaunch(launch), { code: "GL8100", message });
  });
}
