import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A PyTorch process that takes steps of the belief net when asked. */
export interface TorchSteps {
  readonly version: string;
  /** Least and processor milliseconds of a step over some seconds. */
  time(estimator: string, seconds: number): Promise<{ readonly leastMs: number; readonly cpuMs: number }>;
  end(): void;
}

/** @throws Error when the Python cannot be run or has no PyTorch */
export async function torchSteps(python: string, threads: number): Promise<TorchSteps> {
  const child = spawn(python, [join(__dirname, "../peers/torch_steps.py"), String(threads)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OMP_NUM_THREADS: String(threads) },
  });
  const failed = new Promise<never>((_, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${python} ended with code ${code}; it needs PyTorch`)));
  });
  failed.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const line = await Promise.race([lines.next(), failed]);
    return line.done ? failed : (JSON.parse(line.value) as T);
  };
  const { version } = await answer<{ version: string }>();
  return {
    version,
    time(estimator, seconds) {
      child.stdin.write(`${estimator} ${seconds}\n`);
      return answer();
    },
    end: () => void child.stdin.end(),
  };
}
