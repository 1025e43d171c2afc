import { mkdirSync, rmSync } from "node:fs";

/** Does something with an empty folder that is gone afterwards, also when it fails or the process is ended. */
export async function inWorkFolder<T>(folder: string, run: () => Promise<T>): Promise<T> {
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  clean();
  mkdirSync(folder, { recursive: true });
  process.once("exit", clean);
  try {
    return await run();
  } finally {
    process.off("exit", clean);
    clean();
  }
}
