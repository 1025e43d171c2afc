import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const examples = 569;
const features = 30;

/** A folder with a table of random numbers in the layout of the breast cancer data: a step's time does not depend on them. */
export async function randomCells(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "gradlens-bench-"));
  let state = 1;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647; // Lehmer's generator
  const rows = Array.from({ length: examples }, (_, row) =>
    [row, random() < 0.4 ? "M" : "B", ...Array.from({ length: features }, () => random().toFixed(6))].join(","),
  );
  await mkdir(join(folder, "wdbc"));
  await writeFile(join(folder, "wdbc", "wdbc.data"), `${rows.join("\n")}\n`);
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
