import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FromEngine, ToEngine } from "../../core/protocol/engine";
import { protocolVersion } from "../../core/protocol/engine";
import { ms, printTable } from "../measure/table";
import { workingBackends } from "../measure/workingBackends";
import type { Section } from "./section";

const root = join(__dirname, "../..");

/** From starting the built engine's process to its first step, as the editor does it. */
export const start: Section = {
  id: "start",
  title: "Engine start to first step of the belief net",
  async run({ rounds }) {
    const engine = join(root, "dist/engine.js");
    if (!existsSync(engine)) execFileSync(process.execPath, [join(root, "esbuild.mjs")], { cwd: root });
    const times = new Map<string, number[]>();
    const ids = (await workingBackends()).map(({ id }) => id);
    for (let round = 0; round < rounds; round++) {
      for (const id of ids) times.set(id, [...(times.get(id) ?? []), await firstStepMs(engine, id)]);
    }
    printTable(
      ["back end", "least ms", "median ms"],
      [...times].map(([id, all]) => {
        const sorted = all.sort((a, b) => a - b);
        return [id, ms(sorted[0]!), ms(sorted[Math.floor(sorted.length / 2)]!)];
      }),
    );
  },
};

async function firstStepMs(engine: string, backend: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "gradlens-bench-"));
  const began = performance.now();
  const child = spawn(process.execPath, [engine], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced",
  });
  try {
    return await new Promise<number>((resolve, reject) => {
      const send = (message: ToEngine): void => void child.send(message);
      child.on("exit", (code) => reject(new Error(`the engine ended with code ${code}`)));
      child.on("message", (message: FromEngine) => {
        if (message.type === "response" && "error" in message) reject(new Error(message.error.message));
        if (message.type === "event" && message.name === "delta" && (message.delta.loss?.length ?? 0) > 0) {
          resolve(performance.now() - began);
        }
      });
      send({ type: "request", id: 1, method: "hello", params: { protocolVersion } });
      const file = join(root, "examples/sbn-200.ts");
      const params = { file, backend, steps: 100_000, runFolder: join(folder, "run") };
      send({ type: "request", id: 2, method: "train", params });
    });
  } finally {
    child.removeAllListeners("exit");
    child.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
