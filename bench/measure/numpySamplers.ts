import { execFileSync } from "node:child_process";
import { join } from "node:path";

export interface NumpyTimes {
  readonly version: string;
  /** Least seconds by sampler. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** NumPy's samplers on this machine, by GRADLENS_PYTHON or python3; a sentence where there is none. */
export function numpySamplers(count: number, rounds: number): NumpyTimes | string {
  const python = process.env["GRADLENS_PYTHON"] ?? "python3";
  try {
    const script = join(__dirname, "numpySamplers.py");
    const env = { ...process.env, OMP_NUM_THREADS: "1" };
    const said = execFileSync(python, [script, String(count), String(rounds)], {
      encoding: "utf8",
      env,
      stdio: "pipe",
    });
    const { numpy, seconds } = JSON.parse(said) as { numpy: string; seconds: Record<string, number> };
    return { version: numpy, seconds };
  } catch {
    return `${python} has no NumPy; set GRADLENS_PYTHON to one that has`;
  }
}
